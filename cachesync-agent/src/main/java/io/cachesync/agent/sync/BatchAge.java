package io.cachesync.agent.sync;

import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * How old the commands behind an offset may be, from samples of where the source stood: it had that
 * offset not before the sample's first moment, so whatever lies behind it was executed after that,
 * and had it at its second one, so whatever lies up to it was executed before. Thread-safe.
 */
final class BatchAge {
  /** Not known: as old as can be. */
  static final long UNKNOWN = Long.MAX_VALUE;

  private static final int MAX_SAMPLES = 50_000;

  /** When a part of the stream was executed, by our clock; the first is -1 where not known. */
  record Moments(long since, long by) {}

  /** Newest last, offsets growing, each with the newest moment at which the source had it. */
  private final ArrayDeque<Sample> samples = new ArrayDeque<>();

  /** Of the samples; empty below 4.0, which tells none. */
  private String replId = "";

  private String followed = "";

  /**
   * @param history that what is received from here on is of; empty where all is asked for
   */
  synchronized void follows(String history) {
    boolean anew = replId.isEmpty() && !followed.isEmpty() && !followed.equals(history);
    if (history.isEmpty() || anew) {
      samples.clear(); // A server below 4.0 counts anew where it has begun anew.
    }
    followed = history;
  }

  /**
   * @param millis -1 where it is not known since when
   */
  synchronized void sampled(long millis, long byMillis, String newReplId, long offset) {
    if (!newReplId.equals(replId)) {
      samples.clear();
      replId = newReplId;
    }
    boolean nameless = replId.isEmpty() && millis < 0;
    if (nameless || (!samples.isEmpty() && offset < samples.peekLast().offset)) {
      samples.clear(); // It has begun to count anew, or may before it is known again.
    }
    if (millis < 0) {
      return;
    }
    Sample last = samples.peekLast();
    if (last != null && last.offset >= offset) {
      if (last.offset == offset) {
        last.millis = millis;
      }
      return;
    }
    if (samples.size() == MAX_SAMPLES) {
      thin();
    }
    samples.addLast(new Sample(millis, byMillis, offset));
  }

  /**
   * The most that commands behind this offset can be old. Ask for growing offsets: what lies before
   * the newest sample at or below it is forgotten.
   */
  synchronized long atMost(long offset, long nowMillis) {
    Sample before = null;
    while (!samples.isEmpty() && samples.peekFirst().offset <= offset) {
      before = samples.removeFirst();
    }
    if (before == null) {
      return UNKNOWN;
    }
    samples.addFirst(before);
    return Math.max(0, nowMillis - before.millis);
  }

  /**
   * When what lies between two offsets was executed, of the history that is followed.
   *
   * @param receivedMillis when it was here
   */
  synchronized Moments between(long start, long end, long receivedMillis) {
    long by = receivedMillis;
    if (replId.isEmpty() || replId.equals(followed)) {
      for (Iterator<Sample> newest = samples.descendingIterator(); newest.hasNext(); ) {
        Sample sample = newest.next();
        if (sample.offset >= end) {
          by = Math.min(by, sample.byMillis);
        }
        if (sample.offset <= start) {
          return new Moments(sample.millis, by);
        }
      }
    }
    return new Moments(-1, receivedMillis);
  }

  /** Without every second sample ages come out greater, never smaller. */
  private void thin() {
    ArrayDeque<Sample> kept = new ArrayDeque<>();
    boolean keep = true;
    for (Sample sample : samples) {
      if (keep) {
        kept.addLast(sample);
      }
      keep = !keep;
    }
    samples.clear();
    samples.addAll(kept);
  }

  private static final class Sample {
    final long offset;

    /** The first one of it is the nearest to when the source came there. */
    final long byMillis;

    long millis;

    Sample(long millis, long byMillis, long offset) {
      this.millis = millis;
      this.byMillis = byMillis;
      this.offset = offset;
    }
  }
}
