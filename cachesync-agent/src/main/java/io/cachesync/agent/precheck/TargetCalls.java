package io.cachesync.agent.precheck;

import io.cachesync.agent.command.CommandTable;
import io.cachesync.agent.command.Role;
import io.cachesync.agent.redis.RedisException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** How often each master of a target had been called when the checks began. */
final class TargetCalls {
  /** Those that mostly read: whether one of these wrote, no count tells. */
  private static final Set<String> MAY_ONLY_READ =
      Set.of("SORT", "GEORADIUS", "GEORADIUSBYMEMBER", "PFCOUNT", "GETEX");

  private final Map<Server, SortedMap<String, Long>> first = new LinkedHashMap<>();
  private final long nanos = System.nanoTime();

  private TargetCalls() {}

  /** A master that cannot be asked any more is left out: the checks tell of that. */
  static TargetCalls of(End target) {
    TargetCalls calls = new TargetCalls();
    for (Server master : target.masters()) {
      try {
        calls.first.put(master, master.calls());
      } catch (RedisException e) {
        calls.first.remove(master);
      }
    }
    return calls;
  }

  /** {@link System#nanoTime()} of the first look. */
  long nanos() {
    return nanos;
  }

  /**
   * Calls since then of commands that change keys, by name in upper case. What is only queued is
   * not counted, so nothing of it is of these checks.
   */
  SortedMap<String, Long> writesSince(Server master) throws RedisException {
    SortedMap<String, Long> writes = new TreeMap<>();
    SortedMap<String, Long> before = first.get(master);
    if (before == null) {
      return writes;
    }
    master
        .calls()
        .forEach(
            (name, calls) -> {
              long since = calls - before.getOrDefault(name, 0L);
              if (since > 0 && isCounted(name)) {
                writes.put(name, since);
              }
            });
    return writes;
  }

  /** What scripts and functions write is counted under its own names too. */
  private static boolean isCounted(String name) {
    return isWrite(name)
        && !MAY_ONLY_READ.contains(name)
        && !CommandTable.standard().find(name).runsCode();
  }

  /** Whether it can change keys. */
  static boolean isWrite(String name) {
    Role role = CommandTable.standard().find(name).role();
    return CommandTable.standard().find(name).known() && (role == Role.DATA || role == Role.FLUSH);
  }
}
