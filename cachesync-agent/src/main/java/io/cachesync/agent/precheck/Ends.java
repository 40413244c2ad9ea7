package io.cachesync.agent.precheck;

import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.contract.PrecheckSpec;
import io.cachesync.contract.SyncSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the checks look at.
 *
 * @param writes how fast the source is written to
 * @param targetCalls what the target had been called when the checks began
 * @param workFolder where the agent would keep its relay log
 */
record Ends(
    PrecheckSpec spec,
    End source,
    End target,
    WriteRates writes,
    TargetCalls targetCalls,
    Path workFolder) {

  SyncSpec sync() {
    return spec.sync();
  }

  /** The source's databases that would be moved and hold keys. */
  SortedMap<Integer, Keyspace> movedKeyspace() {
    SortedMap<Integer, Keyspace> moved = Keyspace.of(source.masters());
    retainChosen(moved);
    return moved;
  }

  /**
   * The databases of the target that are written to, or, where all are moved, those of both ends
   * that hold keys.
   */
  List<Integer> databases() {
    if (target.hasOnlyDatabaseZero()) {
      return List.of(0);
    }
    List<Integer> chosen = sync().filter().targetDatabases();
    if (!chosen.isEmpty()) {
      return chosen;
    }
    SortedMap<Integer, Keyspace> present = new TreeMap<>();
    movedKeyspace()
        .forEach((database, keys) -> present.put(sync().filter().targetDatabase(database), keys));
    present.putAll(Keyspace.of(target.masters()));
    present.keySet().removeIf(database -> !sync().filter().movesInto(database));
    return present.isEmpty() ? List.of(0) : List.copyOf(present.keySet());
  }

  /** Whether an earlier start of this task has brought data already, and it goes on from there. */
  boolean resumed() throws IOException {
    return !sync().afresh() && TargetKeys.read(this).claimedByThisTask();
  }

  /** Names in upper case of the commands that any of the source's masters has counted calls of. */
  Set<String> calledCommands() throws IOException {
    return calls().keySet();
  }

  /** Calls of each command that the source's masters have counted, together. */
  SortedMap<String, Long> calls() throws IOException {
    SortedMap<String, Long> all = new TreeMap<>();
    for (Server master : source.masters()) {
      master.calls().forEach((name, calls) -> all.merge(name, calls, Long::sum));
    }
    return all;
  }

  /** Bytes of memory that the moved keys take at the source. */
  long movedBytes() {
    return source.masters().stream().mapToLong(this::movedBytes).sum();
  }

  /** Bytes of memory that the moved keys take at one of its masters, by their share of all keys. */
  long movedBytes(Server master) {
    ServerInfo info = master.info();
    long used = info.usedMemoryBytes() - Math.max(0, info.number("used_memory_startup"));
    SortedMap<Integer, Keyspace> keyspace = Keyspace.of(info);
    long all = keys(keyspace);
    retainChosen(keyspace);
    return all == 0 || used < 0 ? 0 : (long) ((double) used * keys(keyspace) / all);
  }

  private void retainChosen(SortedMap<Integer, Keyspace> keyspace) {
    keyspace.keySet().removeIf(database -> !sync().filter().moves(database));
  }

  private static long keys(SortedMap<Integer, Keyspace> keyspace) {
    return keyspace.values().stream().mapToLong(Keyspace::keys).sum();
  }
}
