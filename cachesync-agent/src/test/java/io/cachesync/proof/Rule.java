package io.cachesync.proof;

import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.sync.LinkWith;

/** What keeps the target exact. With any of them taken out both sides must soon differ. */
enum Rule {
  FENCE(
      new Exactness() {
        @Override
        public boolean endsOtherWriters() {
          return false;
        }
      }),
  LATE_CHECKS(
      new Exactness() {
        @Override
        public boolean checksLateCommands() {
          return false;
        }
      }),
  AHEAD(
      new Exactness() {
        @Override
        public boolean skipsWhatIsAhead() {
          return false;
        }
      }),
  START_OF_DOUBT(
      new Exactness() {
        @Override
        public boolean keepsStartOfDoubt() {
          return false;
        }
      }),
  WHOLE_EXEC(
      new Exactness() {
        @Override
        public boolean readsWholeExec() {
          return false;
        }
      }),
  PLAIN_REPLIES(
      new Exactness() {
        @Override
        public boolean awaitsPlainReplies() {
          return false;
        }
      });

  private final Exactness others;

  Rule(Exactness others) {
    this.others = others;
  }

  /** Makes links that keep every rule but this one. */
  LinkEngine.Maker without() {
    return (spec, listener) -> LinkWith.rules(others, spec, listener);
  }
}
