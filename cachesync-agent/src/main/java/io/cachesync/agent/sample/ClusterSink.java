package io.cachesync.agent.sample;

import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.HashSlot;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Sends each command to the master that has its key's slot: the first argument that is named like
 * one of ours. A transaction goes where its first key is; a command without a key goes to every
 * master.
 */
final class ClusterSink implements SampleSink {
  private static final List<byte[]> PREFIXES = List.of(ascii("sample:"), ascii("trickle:"));
  private static final byte[] MULTI = ascii("MULTI");
  private static final byte[] EXEC = ascii("EXEC");

  private final ClusterConnections cluster;
  private final List<PipelinedSink> masters;

  /** The transaction that is open has not told its key yet. */
  private boolean begun;

  /** Where the open transaction goes, or null. */
  private PipelinedSink transaction;

  ClusterSink(ClusterConnections cluster) {
    this.cluster = cluster;
    this.masters = cluster.masters().stream().map(PipelinedSink::new).toList();
  }

  @Override
  public void send(byte[]... command) {
    int slot = slot(command);
    if (Arrays.equals(command[0], MULTI)) {
      begun = true;
    } else if (transaction != null) {
      transaction.send(command);
      transaction = Arrays.equals(command[0], EXEC) ? null : transaction;
    } else if (slot < 0) {
      masters.forEach(master -> master.send(command));
    } else {
      PipelinedSink master = masters.get(cluster.owner(slot));
      if (begun) {
        begun = false;
        transaction = master;
        master.send(MULTI);
      }
      master.send(command);
    }
  }

  @Override
  public void flush() {
    masters.forEach(PipelinedSink::flush);
  }

  @Override
  public long acknowledged() {
    return masters.stream().mapToLong(PipelinedSink::acknowledged).sum();
  }

  private static int slot(byte[][] command) {
    for (int i = 1; i < command.length; i++) {
      for (byte[] prefix : PREFIXES) {
        if (command[i].length >= prefix.length
            && Arrays.equals(command[i], 0, prefix.length, prefix, 0, prefix.length)) {
          return HashSlot.of(command[i]);
        }
      }
    }
    return -1;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
