package io.cachesync.agent.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Up to where a lane's data stands at the target; written in the transaction of that data.
 *
 * <pre>1 GENERATION REPLID OFFSET DATABASE EPOCH NONCE START JOB.LINK TASK</pre>
 *
 * @param generation number of the full sync that it stands on
 * @param replId the source's replication id
 * @param offset the source's offset of the last byte that is applied
 * @param database selected at the source there, as a partial resync sends no SELECT
 * @param start offset at which the batch began that wrote this
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
    long start) {
  private static final String FORMAT = "1";

  public Checkpoint {
    Objects.requireNonNull(task);
    Objects.requireNonNull(replId);
    Objects.requireNonNull(epoch);
  }

  /** The same lane further on. */
  public Checkpoint at(String newReplId, long newOffset, int newDatabase) {
    return new Checkpoint(
        task, job, link, generation, newReplId, newOffset, newDatabase, epoch, offset);
  }

  /** The same point, written by another writer. */
  public Checkpoint by(Epoch newEpoch) {
    return new Checkpoint(task, job, link, generation, replId, offset, database, newEpoch, start);
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
    String[] words = text.split(" ", 10);
    if (words.length != 10 || !words[0].equals(FORMAT)) {
      throw new IllegalArgumentException("not a checkpoint: " + text);
    }
    int dot = words[8].indexOf('.');
    if (dot < 0) {
      throw new IllegalArgumentException("not a checkpoint: " + text);
    }
    return new Checkpoint(
        words[9],
        Integer.parseInt(words[8], 0, dot, 10),
        Integer.parseInt(words[8], dot + 1, words[8].length(), 10),
        Long.parseLong(words[1]),
        words[2],
        Long.parseLong(words[3]),
        Integer.parseInt(words[4]),
        new Epoch(Long.parseLong(words[5]), words[6]),
        Long.parseLong(words[7]));
  }
}
