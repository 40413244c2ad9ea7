package io.cachesync.proof;

import io.cachesync.contract.Phase;
import io.cachesync.proof.Trouble.Step;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A master of the source gives all its slots away under writes. Where keys at the target may be
 * another's, what it has not sent by then must not be needed: the last slot goes only once the
 * engine has written down that it needs nothing more, and stays where that does not come.
 *
 * @param foreign whether what only the target has may be somebody else's
 */
record Drains(ProofSource.Cluster source, Pair pair, Engines engines, boolean foreign) {
  private static final Duration SOON = Duration.ofMillis(3_500);
  private static final int TO_REMOVE = 4;

  void make(Step step) {
    engines.await("in the stream", () -> engines.current().phase() == Phase.INCREMENTAL);
    RedisServer from = source.nodeToDrain();
    List<Integer> slots = slotsOf(from, step);
    if (slots.isEmpty()) {
      return;
    }
    List<String> tags =
        source.tags().stream().filter(tag -> slots.contains(ClusterServers.slot(tag))).toList();
    toRemove(tags);
    moveHalf(from, step);
    remove(0, tags);
    if (step.trouble() == Trouble.SOURCE_DRAINED_KILLED) {
      Pause.millis(step.millis(0, 1500));
      engines.current().kill();
      engines.start();
      engines.await("in the stream", () -> engines.current().phase() == Phase.INCREMENTAL);
      moveHalf(from, step);
    }
    while (foreign && !Pause.until(SOON, () -> isKnown(from))) {
      engines.startAgain();
      if (slotsOf(from, step).size() < 3) {
        return;
      }
      moveHalf(from, step);
    }
    remove(1, tags);
    finish(from, slots, tags, step);
    remove(3, tags);
  }

  private void finish(RedisServer from, List<Integer> slots, List<String> tags, Step step) {
    switch (step.trouble()) {
      case SOURCE_DRAIN_GIVEN_UP -> {
        Pause.millis(step.millis(0, 300));
        List<Integer> gone = new ArrayList<>(slots);
        gone.removeAll(slotsOf(from, step));
        source.move(gone, from);
      }
      case SOURCE_DRAINED_UNSEEN -> {
        engines.current().kill();
        Pause.millis(step.millis(0, 200));
        remove(2, tags);
        moveRest(from, step);
        Pause.millis(step.millis(0, 200));
        engines.start();
      }
      case SOURCE_DRAINED_AND_BACK -> {
        moveRest(from, step);
        engines.awaitApplied(pair);
        cluster().joinAgain(from);
        source.move(slots.subList(0, slots.size() / 2), from);
      }
      default -> {
        remove(2, tags);
        moveRest(from, step);
      }
    }
  }

  /** Keys that are written once, and once removed: what is left of one nothing hides. */
  private void toRemove(List<String> tags) {
    for (String tag : tags) {
      try (RespClient client = cluster().ownerOf(ClusterServers.slot(tag)).client()) {
        for (int i = 0; i < TO_REMOVE; i++) {
          client.call("SET", "removed" + i + tag, "x");
        }
      }
    }
  }

  private void remove(int number, List<String> tags) {
    for (String tag : tags) {
      try (RespClient client = cluster().ownerOf(ClusterServers.slot(tag)).client()) {
        client.call("DEL", "removed" + number + tag);
      }
    }
  }

  /** More than half of what it has goes. */
  private void moveHalf(RedisServer from, Step step) {
    List<Integer> slots = slotsOf(from, step);
    move(slots.subList(0, slots.size() / 2 + 1), from, step);
  }

  private void moveRest(RedisServer from, Step step) {
    move(slotsOf(from, step), from, step);
  }

  /** To one of the others, or to both. */
  private void move(List<Integer> slots, RedisServer from, Step step) {
    List<RedisServer> others = source.masters().stream().filter(master -> master != from).toList();
    int some = slots.size() * step.oneOf(3) / 2;
    source.move(slots.subList(0, some), others.get(0));
    source.move(slots.subList(some, slots.size()), others.get(others.size() - 1));
  }

  /** Those that are written to are the first or the last. */
  private List<Integer> slotsOf(RedisServer node, Step step) {
    RedisServer[] owners = cluster().owners();
    List<Integer> slots = new ArrayList<>();
    boolean last = step.oneOf(2) == 0;
    for (boolean written : new boolean[] {!last, last}) {
      IntStream.range(0, ClusterServers.SLOTS)
          .filter(slot -> owners[slot] == node && source.isWritten(slot) == written)
          .forEach(slots::add);
    }
    return slots;
  }

  /** Whether a link has written down, of all slots that this node has, which keys they have. */
  private boolean isKnown(RedisServer node) {
    RedisServer[] owners = cluster().owners();
    Set<Integer> left = new HashSet<>();
    IntStream.range(0, owners.length).filter(slot -> owners[slot] == node).forEach(left::add);
    return heals().values().stream().anyMatch(fields -> isKnown(fields, left));
  }

  private static boolean isKnown(Map<String, String> fields, Set<Integer> left) {
    Set<Integer> known = new HashSet<>();
    Set<Integer> open = new HashSet<>();
    fields.forEach(
        (field, value) -> {
          if (field.startsWith("m:+")) {
            known.add(Integer.parseInt(field.substring(3)));
          } else if (field.startsWith("m:") && value.equals("0")) {
            open.add(Integer.parseInt(field.substring(2)));
          }
        });
    return !known.isEmpty() && known.containsAll(left) && known.containsAll(open);
  }

  /** What each link has written down at the target, by the end of its name. */
  private Map<String, Map<String, String>> heals() {
    Map<String, Map<String, String>> all = new HashMap<>();
    for (RedisServer master : pair.target().masters()) {
      try (RespClient client = master.client()) {
        for (Object key : client.list("KEYS", "cachesync:heal:*")) {
          String name = (String) key;
          List<Object> words = client.list("HGETALL", name);
          Map<String, String> fields =
              all.computeIfAbsent(name.substring(name.lastIndexOf(':')), none -> new HashMap<>());
          for (int i = 0; i < words.size(); i += 2) {
            fields.put((String) words.get(i), (String) words.get(i + 1));
          }
        }
      }
    }
    return all;
  }

  private ClusterServers cluster() {
    return source.cluster();
  }
}
