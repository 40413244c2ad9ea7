package io.cachesync.agent.redis;

import io.cachesync.agent.resp.RespValue;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/**
 * Slots that a node is giving away, or taking in, as a whole: the map of slots tells nothing of it
 * until they have another owner. Redis 8.4 and later tell it in {@code CLUSTER MIGRATION STATUS
 * ALL}, Valkey 9.0 and later in {@code CLUSTER GETSLOTMIGRATIONS}, a list of fields for each task,
 * those that have ended included:
 *
 * <pre>
 * id … slots 0-49 60-99 source … dest … operation import|migrate state accumulate-buffer …
 * name … operation IMPORT|EXPORT slot_ranges 0-49 60-99 … state receiving-snapshot …
 * </pre>
 */
public final class SlotMigrations {
  private static final Set<String> ENDED =
      Set.of("completed", "success", "failed", "canceled", "cancelled");

  private SlotMigrations() {}

  /** The slots of tasks that have not ended; none where the user may not ask. */
  public static BitSet underWay(RedisConnection node) throws RedisException {
    ServerInfo info = node.info("server");
    boolean valkey = info.product().equals("valkey");
    if (!info.version().atLeast(valkey ? 9 : 8, valkey ? 0 : 4)) {
      return new BitSet();
    }
    RespValue tasks =
        valkey
            ? node.tryCall("CLUSTER", "GETSLOTMIGRATIONS")
            : node.tryCall("CLUSTER", "MIGRATION", "STATUS", "ALL");
    BitSet slots = new BitSet(HashSlot.COUNT);
    if (tasks.isArray()) {
      tasks.elements().forEach(task -> add(task.elements(), slots));
    }
    return slots;
  }

  private static void add(List<RespValue> task, BitSet into) {
    String ranges = "";
    boolean ended = false;
    for (int i = 0; i + 1 < task.size(); i += 2) {
      switch (task.get(i).text()) {
        case "slots", "slot_ranges" -> ranges = task.get(i + 1).text();
        case "state" -> ended = ENDED.contains(task.get(i + 1).text());
        default -> {}
      }
    }
    if (!ended && !ranges.isEmpty()) {
      into.or(SlotRanges.parse(ranges.replace(' ', ',')).toBits());
    }
  }
}
