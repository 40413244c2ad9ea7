package io.cachesync.agent.writer;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.ClusterCheckpointStore;
import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.agent.resp.RespWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A flush of the source at all masters of a cluster, between two rounds.
 *
 * <pre>
 *   each master:   MULTI · FLUSHALL ASYNC · HMSET node … · EXEC       slot 0's with claim and heals
 * </pre>
 *
 * A lane that stands behind the flush has it, for it went on only when every master was flushed. As
 * long as none does, it is simply done again after an end in its middle. Once some do, it is done
 * again only where it was lost with a master, and then to the other lanes alone: key by key, where
 * a master has lanes of both kinds. The watermark stays before it until the round behind it.
 */
final class SlotFlush {
  private static final int SLOTS_AT_ONCE = 256;
  private static final int KEYS_AT_ONCE = 1000;

  private final ClusterConnections cluster;
  private final ClusterCheckpointStore store;
  private final Exactness exactness;
  private final byte[] ownPrefix;

  SlotFlush(ClusterConnections cluster, ClusterCheckpointStore store, Exactness exactness) {
    this.cluster = cluster;
    this.store = store;
    this.exactness = exactness;
    this.ownPrefix = store.keys().prefix().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Empties every lane that is not further on. A slot that moves meanwhile could escape, or be
   * emptied with what is none of this: then nothing counts, and all is read again.
   *
   * @param offset of the flush
   * @param at up to where every lane is applied
   * @param stands up to where each lane stands; moved on
   * @param written what the checkpoint's key of each slot holds; null where it is gone with the
   *     rest
   */
  void run(long offset, Checkpoint at, long[] stands, byte[][] written) throws IOException {
    store.verify(cluster);
    // The master of slot 0 last, as with everything that its hash decides.
    for (int i = cluster.size() - 1; i >= 0; i--) {
      BitSet slots = cluster.slots(i);
      BitSet behind = new BitSet(HashSlot.COUNT);
      slots.stream().filter(slot -> stands[slot] < offset).forEach(behind::set);
      if (behind.equals(slots) || !exactness.flushSparesWhatCameLater()) {
        store.flush(cluster, i, at);
        slots.stream().forEach(slot -> written[slot] = null);
      } else {
        empty(behind, cluster.master(i));
      }
    }
    store.verify(cluster);
    for (int slot = 0; slot < HashSlot.COUNT; slot++) {
      stands[slot] = Math.max(stands[slot], offset);
    }
  }

  private void empty(BitSet slots, RedisConnection master) throws IOException {
    List<Integer> some = new ArrayList<>();
    for (int slot = slots.nextSetBit(0); slot >= 0; slot = slots.nextSetBit(slot + 1)) {
      some.add(slot);
      if (some.size() == SLOTS_AT_ONCE || slots.nextSetBit(slot + 1) < 0) {
        for (List<Integer> left = some; !left.isEmpty(); ) {
          left = emptySome(left, master);
        }
        some.clear();
      }
    }
  }

  /** Returns those in which there was something to remove. */
  private List<Integer> emptySome(List<Integer> slots, RedisConnection master) throws IOException {
    String most = Integer.toString(KEYS_AT_ONCE);
    for (int slot : slots) {
      master.out().command("CLUSTER", "GETKEYSINSLOT", Integer.toString(slot), most);
    }
    master.flush();
    List<Integer> held = new ArrayList<>();
    List<List<byte[]>> keys = new ArrayList<>();
    for (int slot : slots) {
      List<byte[]> found = notOurs(master.successOf(master.read()));
      if (!found.isEmpty()) {
        held.add(slot);
        keys.add(found);
      }
    }
    for (List<byte[]> found : keys) {
      RespWriter out = master.out().begin(1 + found.size()).arg("UNLINK");
      found.forEach(out::arg);
    }
    master.flush();
    for (int i = 0; i < keys.size(); i++) {
      master.successOf(master.read());
    }
    return held;
  }

  private List<byte[]> notOurs(RespValue keys) {
    return keys.elements().stream()
        .map(RespValue::bytes)
        .filter(key -> !startsWith(key, ownPrefix))
        .toList();
  }

  private static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }
}
