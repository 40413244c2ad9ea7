package io.cachesync.agent.sync;

import java.util.ArrayDeque;

/**
 * How old the oldest write of the source is that the target does not have. No write to the source
 * is needed for it: samples (time, offset) wait until that offset is applied. Thread-safe.
 */
final class LagMeter {
  private static final int MAX_SAMPLES = 100_000;
  private static final long RATE_MILLIS = 60_000;

  /** So long a source is waited for that does not tell where it stands. */
  private static final long SILENCE_MILLIS = 3_000;

  /** Who waits looks many times a second: where it did not, nobody may have asked the source. */
  private static final long STANDSTILL_MILLIS = 1_000;

  /** Samples beyond what is applied, oldest first. */
  private final ArrayDeque<Sample> waiting = new ArrayDeque<>();

  /** One sample a second of the last minute, for the source's rate. */
  private final ArrayDeque<Sample> history = new ArrayDeque<>();

  private String replId = "";

  /** The history of which something is applied, empty before it is known. */
  private String followed = "";

  private long sourceOffset = -1;
  private long sampledMillis = -1;
  private long appliedOffset = -1;

  /** The same, as far as it is of the history that is followed. */
  private long appliedHere = -1;

  /** What was applied before the source was asked last, and whether it stood before that since. */
  private long appliedBefore = -1;

  private boolean behind;

  /** When and where the source stood last in a history that is known by its name or its stream. */
  private long provenMillis = -1;

  private long provenOffset = -1;

  /** Whether the source has ever told of our stream. */
  private boolean streamTold;

  /** When who waits has looked last, and when it has first looked behind a standstill. */
  private long lookedMillis = -1;

  private long stoodUntilMillis = -1;

  /** As {@link io.cachesync.agent.source.OffsetListener#sampled}. */
  synchronized void sampled(long millis, String newReplId, long offset, boolean streamed) {
    if (!newReplId.equals(replId)) {
      waiting.clear();
      history.clear();
      appliedBefore = -1;
      provenMillis = -1;
      replId = newReplId;
    }
    behind = offset < appliedBefore || (behind && newReplId.isEmpty());
    appliedBefore = appliedHere;
    streamTold |= streamed;
    if (streamed || !newReplId.isEmpty()) {
      // A master that has told more does not have less because only its replica answers now.
      boolean goesOn = !newReplId.isEmpty() && provenMillis >= 0;
      provenOffset = goesOn ? Math.max(provenOffset, offset) : offset;
      provenMillis = millis;
    }
    sourceOffset = offset;
    sampledMillis = millis;
    if (offset > appliedOffset && (waiting.isEmpty() || waiting.peekLast().offset < offset)) {
      if (waiting.size() == MAX_SAMPLES) {
        thin();
      }
      waiting.addLast(new Sample(millis, offset));
    }
    if (history.isEmpty() || millis - history.peekLast().millis >= 1000) {
      history.addLast(new Sample(millis, offset));
      while (millis - history.peekFirst().millis > RATE_MILLIS) {
        history.removeFirst();
      }
    }
  }

  /** What is applied from here on is of this history. */
  synchronized void follows(String newReplId) {
    followed = newReplId;
    appliedBefore = -1;
    behind = false;
    provenMillis = -1;
  }

  /** The same with a full sync: nothing of it is applied yet. */
  synchronized void beginsWith(String newReplId) {
    follows(newReplId);
    appliedHere = -1;
  }

  /**
   * Whether the source was seen in another history than what is applied, as after a failover that
   * was not followed yet: their offsets cannot be compared. Below 4.0 a sample names none; but who
   * stands before what it has sent has begun to count anew, however far it comes until its stream
   * is there again.
   */
  synchronized boolean isElsewhere() {
    return behind || (!replId.isEmpty() && !followed.isEmpty() && !replId.equals(followed));
  }

  synchronized void applied(long offset) {
    appliedOffset = offset;
    appliedHere = offset;
    while (!waiting.isEmpty() && waiting.peekFirst().offset <= offset) {
      waiting.removeFirst();
    }
  }

  /** The source's offset at the last sample, or -1. */
  synchronized long sourceOffset() {
    return sourceOffset;
  }

  /** The source's offset, asked after this moment in the history that is applied; -1 where not. */
  synchronized long sourceOffsetSince(long millis) {
    return provenMillis > millis && !isElsewhere() ? provenOffset : -1;
  }

  /**
   * Up to where the source has something, for who ends with it. One that is in another history, or
   * that answers while its stream is away and does not name its history, may have what is missing
   * here: it is waited for.
   *
   * @param askedMillis since when it is to tell
   * @param streams whether its stream is there
   */
  synchronized Told toldSince(long askedMillis, long nowMillis, boolean streams) {
    if (lookedMillis >= 0 && nowMillis - lookedMillis > STANDSTILL_MILLIS) {
      stoodUntilMillis = nowMillis;
    }
    lookedMillis = nowMillis;
    if (isElsewhere()) {
      return Told.AWAITED;
    }
    long offset = sourceOffsetSince(askedMillis);
    long waitsSince = Math.max(askedMillis, stoodUntilMillis);
    long silentSince = nowMillis - SILENCE_MILLIS;
    boolean answers = sampledMillis > silentSince;
    boolean mayTell = streamTold || !streams;
    return offset < 0 && (waitsSince > silentSince || (answers && mayTell))
        ? Told.AWAITED
        : new Told(false, offset);
  }

  /** When the source was last asked, or -1. */
  synchronized long sampledMillis() {
    return sampledMillis;
  }

  /** Bytes that the source has and the target not, or -1 where that cannot be told. */
  synchronized long lagBytes() {
    return sourceOffset < 0 || appliedOffset < 0 || isElsewhere()
        ? -1
        : Math.max(0, sourceOffset - appliedOffset);
  }

  /** -1 while the source is not being sampled, or seen in another history. */
  synchronized long lagMillis(long nowMillis) {
    if (sampledMillis < 0 || appliedOffset < 0 || isElsewhere()) {
      return -1;
    }
    // What is not known since the last sample may have been written right after it.
    long unseen = nowMillis - sampledMillis > 2000 ? nowMillis - sampledMillis : 0;
    return waiting.isEmpty() ? unseen : Math.max(0, nowMillis - waiting.peekFirst().millis);
  }

  /** Bytes per second that the source has written in the last minute, or -1. */
  synchronized double sourceBytesPerSecond() {
    if (history.size() < 2) {
      return -1;
    }
    Sample first = history.peekFirst();
    Sample last = history.peekLast();
    return (last.offset - first.offset) * 1000.0 / Math.max(1, last.millis - first.millis);
  }

  /** Keeps every second sample: the age stays right to within what is left out. */
  private void thin() {
    ArrayDeque<Sample> kept = new ArrayDeque<>();
    boolean keep = true;
    for (Sample sample : waiting) {
      if (keep) {
        kept.addLast(sample);
      }
      keep = !keep;
    }
    waiting.clear();
    waiting.addAll(kept);
  }

  /**
   * What the source has told of its end.
   *
   * @param isAwaited whether it is waited for
   * @param offset -1 where it does not tell
   */
  record Told(boolean isAwaited, long offset) {
    private static final Told AWAITED = new Told(true, -1);
  }

  private record Sample(long millis, long offset) {}
}
