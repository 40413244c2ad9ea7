package io.cachesync.agent.checkpoint;

/**
 * The rules that "exactly once" stands on, a method each. A link always keeps all of them; a test
 * takes one out to show that the proof notices. Not an option of any kind.
 */
public class Exactness {
  /** What every link that is not under such a test runs with. */
  public static final Exactness ALL = new Exactness();

  protected Exactness() {}

  /** Before a link's checkpoint is read, every other connection of that link is ended. */
  public boolean endsOtherWriters(int link) {
    return true;
  }

  /** Each reply inside EXEC's array is looked at, not the array alone. */
  public boolean readsWholeExec() {
    return true;
  }

  /** A command that comes late is preceded by a check of the keys that it needs. */
  public boolean checksLateCommands() {
    return true;
  }

  /** A key that was fetched at an offset is not touched by the commands up to it. */
  public boolean skipsWhatIsAhead() {
    return true;
  }

  /** A checkpoint tells where what is in doubt begins, so that a next start knows of it. */
  public boolean keepsStartOfDoubt() {
    return true;
  }

  /** What the lane of a hash slot has already is left out of that slot. */
  public boolean skipsWhatASlotHas() {
    return true;
  }

  /** The watermark tells what was acknowledged, never what is under way. */
  public boolean keepsWatermarkBehind() {
    return true;
  }

  /** A flush that is applied again leaves alone what lanes have from behind it. */
  public boolean flushSparesWhatCameLater() {
    return true;
  }

  /** A transaction waits until what went plain before it was answered without an error. */
  public boolean awaitsPlainReplies() {
    return true;
  }

  /** Of several sources none writes over what another has copied. */
  public boolean refusesKeysOfAnotherSource() {
    return true;
  }

  /** So many keys that the target had are left alone; more are not remembered, and end the task. */
  public int mostSkipped() {
    return 1_000_000;
  }

  /**
   * After so many milliseconds without one more, slots have moved: who moves many opens the next
   * one soon.
   */
  public long movedAfterMillis() {
    return 2_000;
  }

  /** Of slots that may be drained the keys are written down while the source can tell them. */
  public boolean writesDownKeysOfDrained() {
    return true;
  }

  /** What the stream may have put onto something that a former full sync left is fetched again. */
  public boolean fetchesWhatWasSwept() {
    return true;
  }
}
