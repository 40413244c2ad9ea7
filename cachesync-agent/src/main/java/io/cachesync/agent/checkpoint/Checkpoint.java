package io.cachesync.agent.checkpoint;

import io.cachesync.contract.Ledger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * Up to where a lane's data stands at the target; written in the transaction of that data.
 *
 * <pre>
 * 2 GENERATION REPLID OFFSET DATABASE EPOCH NONCE START STARTDATABASE LEDGER JOB.LINK TASK
 * LEDGER: read,applied,skipped,filtered,folded,healed,dead
 * 1 GENERATION REPLID OFFSET DATABASE EPOCH NONCE START JOB.LINK TASK      as it was before
 * </pre>
 *
 * @param generation number of the full sync that it stands on
 * @param replId the source's replication id
 * @param offset the source's offset of the last byte that is applied
 * @param database selected at the source there, as a partial resync sends no SELECT
 * @param start offset at which the transaction began that wrote this, or the oldest one whose keys
 *     are still in doubt; what its commands wrote is in doubt when its end was not seen
 * @param startDatabase selected at the source at the start
 * @param ledger what became of the commands up to the offset
 */
public record Checkpoint(
    String task,
    int job,
    int link,
    long generation,
    String replId,
    long offset,
    int database,
    Epoch epoch,
    long start,
    int startDatabase,
    Ledger ledger) {
  private static final String FORMAT = "2";
  private static final String FORMAT_WITHOUT_LEDGER = "1";
  private static final int WORDS = 12;

  public Checkpoint {
    Objects.requireNonNull(task);
    Objects.requireNonNull(replId);
    Objects.requireNonNull(epoch);
    Objects.requireNonNull(ledger);
  }

  /** A point with nothing in doubt and nothing counted before it. */
  public static Checkpoint first(
      OwnKeys keys, long generation, String replId, long offset, int database, Epoch epoch) {
    return new Checkpoint(
        keys.task(),
        keys.job(),
        keys.link(),
        generation,
        replId,
        offset,
        database,
        epoch,
        offset,
        database,
        Ledger.EMPTY);
  }

  /** The same lane further on, with nothing in doubt. */
  public Checkpoint at(String newReplId, long newOffset, int newDatabase, Ledger newLedger) {
    return new Checkpoint(
        task,
        job,
        link,
        generation,
        newReplId,
        newOffset,
        newDatabase,
        epoch,
        newOffset,
        newDatabase,
        newLedger);
  }

  /** The same point with what was written since this start in doubt. */
  public Checkpoint since(long newStart, int newStartDatabase) {
    return new Checkpoint(
        task,
        job,
        link,
        generation,
        replId,
        offset,
        database,
        epoch,
        newStart,
        newStartDatabase,
        ledger);
  }

  /** The same point, written by another writer. */
  public Checkpoint by(Epoch newEpoch) {
    return new Checkpoint(
        task,
        job,
        link,
        generation,
        replId,
        offset,
        database,
        newEpoch,
        start,
        startDatabase,
        ledger);
  }

  /**
   * Whether this is where the same lane stood before, by its own words. That the offsets are of one
   * history is for the relay log to say.
   *
   * @param writer who has written the other
   */
  public boolean isEarlierThan(Checkpoint other, Epoch writer) {
    return task.equals(other.task)
        && job == other.job
        && link == other.link
        && generation == other.generation
        && offset <= other.offset
        && (epoch.number() < writer.number() || epoch.equals(writer));
  }

  public String text() {
    return String.join(
        " ",
        FORMAT,
        Long.toString(generation),
        replId,
        Long.toString(offset),
        Integer.toString(database),
        Long.toString(epoch.number()),
        epoch.nonce(),
        Long.toString(start),
        Integer.toString(startDatabase),
        counts(),
        job + "." + link,
        task);
  }

  public byte[] bytes() {
    return text().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * @throws IllegalArgumentException where the text is none of ours
   */
  public static Checkpoint parse(String text) {
    boolean old = text.startsWith(FORMAT_WITHOUT_LEDGER + " ");
    String[] words = text.split(" ", old ? WORDS - 2 : WORDS);
    if (words.length != (old ? WORDS - 2 : WORDS) || !(old || words[0].equals(FORMAT))) {
      throw notOurs(text);
    }
    int names = words.length - 2;
    int dot = words[names].indexOf('.');
    if (dot < 0) {
      throw notOurs(text);
    }
    // The former format does not tell the database at the start: nothing can be said of before.
    long offset = Long.parseLong(words[3]);
    int database = Integer.parseInt(words[4]);
    return new Checkpoint(
        words[names + 1],
        Integer.parseInt(words[names], 0, dot, 10),
        Integer.parseInt(words[names], dot + 1, words[names].length(), 10),
        Long.parseLong(words[1]),
        words[2],
        offset,
        database,
        new Epoch(Long.parseLong(words[5]), words[6]),
        old ? offset : Long.parseLong(words[7]),
        old ? database : Integer.parseInt(words[8]),
        old ? Ledger.EMPTY : ledger(words[9], text));
  }

  private String counts() {
    return ledger.read()
        + ","
        + ledger.applied()
        + ","
        + ledger.skippedOnResume()
        + ","
        + ledger.filtered()
        + ","
        + ledger.folded()
        + ","
        + ledger.healed()
        + ","
        + ledger.deadLetters();
  }

  private static Ledger ledger(String counts, String text) {
    long[] numbers = Arrays.stream(counts.split(",", -1)).mapToLong(Long::parseLong).toArray();
    if (numbers.length != 7) {
      throw notOurs(text);
    }
    return new Ledger(
        numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], 0);
  }

  private static IllegalArgumentException notOurs(String text) {
    return new IllegalArgumentException("not a checkpoint: " + text);
  }
}
