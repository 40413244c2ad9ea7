package io.cachesync.agent.sync;

import io.cachesync.agent.filter.Selection;
import io.cachesync.agent.resp.RespValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** Tells which keys of some hash slots of the source a target holds, by their names there. */
@FunctionalInterface
interface TargetKeys {
  /** Takes some of them. */
  @FunctionalInterface
  interface Sink {
    void take(List<byte[]> keys) throws IOException, InterruptedException;
  }

  /** A key that is there all the while is told at least once. */
  void visit(BitSet slots, Sink sink) throws IOException, InterruptedException;

  /** The database that a cluster source has is the only one that slots are of. */
  int SOURCE_DATABASE = 0;

  /** The names at the source of what was found at the target and the task may have written. */
  static List<byte[]> namesAtSource(Selection selection, List<RespValue> found) {
    List<byte[]> names = new ArrayList<>(found.size());
    for (RespValue each : found) {
      byte[] key = each.bytes();
      byte[] name = selection.sourceKey(key);
      if (!selection.isOwn(key)
          && selection.moves(SOURCE_DATABASE, name, 0, name.length)
          && Arrays.equals(selection.targetKey(name), key)) {
        names.add(name);
      }
    }
    return names;
  }
}
