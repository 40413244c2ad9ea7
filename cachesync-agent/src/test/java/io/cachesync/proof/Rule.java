package io.cachesync.proof;

import io.cachesync.agent.checkpoint.Exactness;

/** What keeps the target exact. With any of them taken out both sides must soon differ. */
enum Rule {
  FENCE(
      new Brisk() {
        @Override
        public boolean endsOtherWriters(int link) {
          return false;
        }
      }),
  /** Of a job with several links: one of them ends nobody. */
  FENCE_OF_A_LINK(
      new Brisk() {
        @Override
        public boolean endsOtherWriters(int link) {
          return link != 0;
        }
      }),
  /** Of several sources. */
  COLLISION(
      new Brisk() {
        @Override
        public boolean refusesKeysOfAnotherSource() {
          return false;
        }
      }),
  LATE_CHECKS(
      new Brisk() {
        @Override
        public boolean checksLateCommands() {
          return false;
        }
      }),
  AHEAD(
      new Brisk() {
        @Override
        public boolean skipsWhatIsAhead() {
          return false;
        }
      }),
  START_OF_DOUBT(
      new Brisk() {
        @Override
        public boolean keepsStartOfDoubt() {
          return false;
        }
      }),
  WHOLE_EXEC(
      new Brisk() {
        @Override
        public boolean readsWholeExec() {
          return false;
        }
      }),
  /** Of a full sync over what there is. */
  SWEPT(
      new Brisk() {
        @Override
        public boolean fetchesWhatWasSwept() {
          return false;
        }
      }),
  PLAIN_REPLIES(
      new Brisk() {
        @Override
        public boolean awaitsPlainReplies() {
          return false;
        }
      }),
  /** Of a cluster. */
  FLUSH_SPARES(
      new Brisk() {
        @Override
        public boolean flushSparesWhatCameLater() {
          return false;
        }
      }),
  /** Of a source cluster one of whose masters is drained. */
  KEYS_OF_DRAINED(
      new Brisk() {
        @Override
        public boolean writesDownKeysOfDrained() {
          return false;
        }
      }),
  /** Of a cluster. */
  SLOT_HAS(
      new Brisk() {
        @Override
        public boolean skipsWhatASlotHas() {
          return false;
        }
      }),
  /** Of a cluster. */
  WATERMARK_BEHIND(
      new Brisk() {
        @Override
        public boolean keepsWatermarkBehind() {
          return false;
        }
      });

  private final Exactness others;

  Rule(Exactness others) {
    this.others = others;
  }

  /** What is kept without it. */
  Exactness others() {
    return others;
  }
}
