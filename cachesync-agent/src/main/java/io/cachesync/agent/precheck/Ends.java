package io.cachesync.agent.precheck;

import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.contract.PrecheckSpec;
import io.cachesync.contract.SyncSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the checks look at.
 *
 * @param writes how fast the source is written to
 * @param workFolder where the agent would keep its relay log
 */
record Ends(PrecheckSpec spec, Server source, Server target, WriteRate writes, Path workFolder) {

  SyncSpec sync() {
    return spec.sync();
  }

  /** The source's databases that would be moved and hold keys. */
  SortedMap<Integer, Keyspace> movedKeyspace() {
    SortedMap<Integer, Keyspace> moved = new TreeMap<>(Keyspace.of(source.info()));
    List<Integer> chosen = sync().filter().databases();
    if (!chosen.isEmpty()) {
      moved.keySet().retainAll(chosen);
    }
    return moved;
  }

  /** The databases that are chosen, or, where all are, those of both ends that hold keys. */
  List<Integer> databases() {
    List<Integer> chosen = sync().filter().databases();
    if (!chosen.isEmpty()) {
      return chosen;
    }
    SortedMap<Integer, Keyspace> present = new TreeMap<>(Keyspace.of(source.info()));
    present.putAll(Keyspace.of(target.info()));
    return present.isEmpty() ? List.of(0) : List.copyOf(present.keySet());
  }

  /** Whether an earlier start of this task has brought data already, and it goes on from there. */
  boolean resumed() throws IOException {
    return !sync().afresh() && TargetKeys.read(this).claimedByThisTask();
  }

  /** Bytes of memory that the moved keys take at the source, by their share of all keys. */
  long movedBytes() {
    ServerInfo info = source.info();
    long used = info.usedMemoryBytes() - Math.max(0, info.number("used_memory_startup"));
    long all = Keyspace.of(info).values().stream().mapToLong(Keyspace::keys).sum();
    long moved = movedKeyspace().values().stream().mapToLong(Keyspace::keys).sum();
    return all == 0 || used < 0 ? 0 : (long) ((double) used * moved / all);
  }
}
