package io.cachesync.agent.verify;

import io.cachesync.contract.CheckDifference;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * What becomes of what was found: before the last round it is looked at again in the next one, in
 * the last it is a difference where it was the same in the round before and stays so for a moment.
 * What differed each time, but never twice in the same way, is settling. Thread-safe.
 */
final class Round {
  private static final int CONFIRMATIONS = 3;
  private static final long CONFIRMATION_PAUSE_MILLIS = 100;

  private final int number;
  private Suspects next;
  private final Consumer<CheckDifference> differences;
  private final Tally tally = new Tally();
  private final Tally verdict = new Tally();
  private final LongAdder settling = new LongAdder();
  private final LongSet known = new LongSet();

  /**
   * @param number from 1
   * @param next where suspects of the next round go, or null in the last
   */
  Round(int number, Suspects next, Consumer<CheckDifference> differences) {
    this.number = number;
    this.next = next;
    this.differences = differences;
  }

  /** Where suspects of the next round go; before the round begins. */
  void next(Suspects newNext) {
    next = newNext;
  }

  int number() {
    return number;
  }

  /** All that was unlike when it was looked at. */
  Tally tally() {
    return tally;
  }

  /** What is told as different; of the last round. */
  Tally verdict() {
    return verdict;
  }

  long settling() {
    return settling.sum();
  }

  void write(DataOutputStream out) throws IOException {
    tally.write(out);
    verdict.write(out);
    out.writeLong(settling());
    known.write(out);
  }

  void read(DataInputStream in) throws IOException {
    tally.read(in);
    verdict.read(in);
    settling.add(in.readLong());
    known.read(in);
  }

  /**
   * Takes what a batch gave. Where a side fails, nothing of it was taken yet.
   *
   * @param found by index of the key
   * @param worker who looks again
   */
  void judge(KeyBatch batch, Map<Integer, Findings> found, Worker worker)
      throws IOException, InterruptedException {
    Map<Integer, Findings> lasting = Map.of();
    Map<Integer, Long> offsets = Map.of();
    if (next == null && !found.isEmpty()) {
      lasting = lasting(batch, found, worker);
      offsets = offsets(batch, lasting, worker);
    }
    for (Map.Entry<Integer, Findings> entry : found.entrySet()) {
      byte[] key = batch.key(entry.getKey());
      // A scan may give a key twice, and the scans of both sides what expires just now.
      if (!known.add(identity(batch.database(), key, entry.getValue()))) {
        continue;
      }
      tally.differs(entry.getValue());
      Findings told = lasting.get(entry.getKey());
      if (next != null) {
        next.add(batch.database(), key, entry.getValue());
      } else if (told == null) {
        settling.increment();
      } else {
        verdict.differs(told);
        tell(batch.database(), key, told, offsets.get(told.source()));
      }
    }
    if (!batch.fromTarget()) {
      tally.compared(batch.size());
    }
  }

  /** A key of several sources is one for each of them, and one for none of them. */
  private static long identity(int database, byte[] key, Findings findings) {
    return Hash64.mix(database + 1L + ((long) findings.source() << Integer.SIZE), Hash64.of(key));
  }

  /** Where the streams stand of the sources that were read. */
  private static Map<Integer, Long> offsets(
      KeyBatch batch, Map<Integer, Findings> lasting, Worker worker) throws IOException {
    Map<Integer, Long> offsets = new HashMap<>();
    for (Map.Entry<Integer, Findings> entry : lasting.entrySet()) {
      int source = entry.getValue().source();
      if (!offsets.containsKey(source)) {
        offsets.put(source, worker.sourceOffset(batch.key(entry.getKey()), source));
      }
    }
    return offsets;
  }

  private Map<Integer, Findings> lasting(
      KeyBatch batch, Map<Integer, Findings> found, Worker worker)
      throws IOException, InterruptedException {
    Map<Integer, Findings> lasting = new TreeMap<>(found);
    lasting.replaceAll(
        (i, findings) ->
            batch.seen(i) == null ? findings.lasting() : findings.seenIn(batch.seen(i)));
    lasting.values().removeIf(Findings::isEmpty);
    if (number > 1) {
      confirm(batch, lasting, worker);
    }
    return lasting;
  }

  /** A key that is written all the time may look the same twice by chance. */
  private static void confirm(KeyBatch batch, Map<Integer, Findings> found, Worker worker)
      throws IOException, InterruptedException {
    for (int i = 0; i < CONFIRMATIONS && !found.isEmpty(); i++) {
      Thread.sleep(CONFIRMATION_PAUSE_MILLIS);
      Iterator<Map.Entry<Integer, Findings>> entries = found.entrySet().iterator();
      while (entries.hasNext()) {
        Map.Entry<Integer, Findings> entry = entries.next();
        long[] before = entry.getValue().identities();
        Findings again = worker.look(batch, entry.getKey()).seenIn(before);
        if (again.isEmpty()) {
          entries.remove();
        } else {
          entry.setValue(again);
        }
      }
    }
  }

  private void tell(int database, byte[] key, Findings findings, long offset) {
    long further = findings.count() - findings.kept().size();
    for (Finding finding : findings.kept()) {
      differences.accept(
          new CheckDifference(
              database,
              Excerpt.text(key),
              Excerpt.base64(key),
              findings.type(),
              finding.kind(),
              text(finding.field()),
              finding.field() == null ? "" : Excerpt.base64(finding.field()),
              text(finding.source()),
              text(finding.target()),
              System.currentTimeMillis(),
              number,
              offset,
              further,
              findings.source()));
    }
  }

  private static String text(byte[] bytes) {
    return bytes == null ? "" : Excerpt.text(bytes);
  }
}
