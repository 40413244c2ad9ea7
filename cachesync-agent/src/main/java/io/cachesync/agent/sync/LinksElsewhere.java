package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Epoch;
import io.cachesync.agent.checkpoint.NodeState;
import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.SyncSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The links of a source's other shards, which other jobs of the same task run on whichever machine.
 * All that is known of them is what stands at the target. Thread-safe.
 */
final class LinksElsewhere {
  /** There are none: all links of the source are in this job. */
  static final LinksElsewhere NONE =
      new LinksElsewhere(null, null, null, null, Map.of(), -1, Map.of(), null);

  private static final long POLL_MILLIS = 250;

  private final SyncSpec sync;
  private final TargetKind kind;
  private final RedisClient target;
  private final OwnKeys keys;

  /** By number, in the words that they have at the target. */
  private final Map<Integer, String> words;

  private final int first;

  /** Who held those that nobody wrote for when this job began, by number. */
  private final Map<Integer, Epoch> left;

  private final LinkState state;

  // Guarded by this.
  private boolean allTaken;
  private boolean told;

  private LinksElsewhere(
      SyncSpec sync,
      TargetKind kind,
      RedisClient target,
      OwnKeys keys,
      Map<Integer, String> words,
      int first,
      Map<Integer, Epoch> left,
      LinkState state) {
    this.sync = sync;
    this.kind = kind;
    this.target = target;
    this.keys = keys;
    this.words = words;
    this.first = first;
    this.left = left;
    this.state = state;
  }

  /**
   * @param plan that left them to other jobs
   * @param links that are elsewhere
   * @param own numbers of the links of this job
   */
  static LinksElsewhere of(LinkPlan plan, List<PlannedLink> links, List<Integer> own)
      throws RedisException {
    Map<Integer, String> words = new TreeMap<>();
    for (PlannedLink link : links) {
      words.put(link.number(), TargetKind.moved(plan.job.sync(), link.part()));
    }
    int lowest = words.keySet().stream().mapToInt(Integer::intValue).min().orElse(-1);
    boolean begins = own.stream().anyMatch(number -> number < lowest);
    return new LinksElsewhere(
        plan.job.sync(),
        plan.kind,
        plan.target,
        plan.keys,
        words,
        begins ? -1 : lowest,
        left(plan, words.keySet()),
        plan.state);
  }

  /** Read in this order: who begins between the two has another epoch then. */
  private static Map<Integer, Epoch> left(LinkPlan plan, Set<Integer> links) throws RedisException {
    Map<Integer, NodeState> stand = plan.kind.links(plan.target, plan.keys);
    Set<Integer> connected = plan.kind.connected(plan.target, plan.keys, links);
    Map<Integer, Epoch> left = new TreeMap<>();
    for (int link : links) {
      if (stand.containsKey(link) && !connected.contains(link)) {
        left.put(link, stand.get(link).epoch());
      }
    }
    return left;
  }

  boolean isAny() {
    return !words.isEmpty();
  }

  /**
   * The claim of a cluster is not made in one step: who makes it counts keys before and behind it,
   * and must find none of ours. So the job that has the lowest link makes it, and the others wait
   * until that link has taken the target.
   *
   * @param link that is about to take it
   */
  void awaitClaim(int link, Control control) throws RedisException, Stopped, InterruptedException {
    if (first < 0) {
      return;
    }
    while (true) {
      Map<Integer, NodeState> taken = kind.links(target, keys);
      if (taken.containsKey(first) || taken.containsKey(link)) {
        return;
      }
      tell(List.of(words.get(first)));
      control.pause(POLL_MILLIS);
    }
  }

  /**
   * Waits until each of them has taken the target.
   *
   * @param share of the link that waits
   * @throws RedisException SPREAD_RESHARDED where slots have begun to move meanwhile, TASK_CHANGED
   *     where another job moves something else of its shard than this one would
   */
  void awaitAllTaken(SlotShare share, Control control)
      throws RedisException, Stopped, InterruptedException {
    while (!haveAllTaken()) {
      if (share.hasNoticed()) {
        throw new RedisException(resharded("slots move at the source"));
      }
      control.pause(POLL_MILLIS);
    }
  }

  /** One asks for all. */
  private synchronized boolean haveAllTaken() throws RedisException {
    if (allTaken || words.isEmpty()) {
      return true;
    }
    Map<Integer, NodeState> taken = kind.links(target, keys);
    List<String> missing = new ArrayList<>();
    for (Map.Entry<Integer, String> each : words.entrySet()) {
      NodeState node = taken.get(each.getKey());
      if (node == null || !node.moved().equals(each.getValue())) {
        refuseOther(each.getKey(), node, each.getValue());
        missing.add(each.getValue());
      }
    }
    allTaken = missing.isEmpty();
    if (!allTaken) {
      tell(missing);
    }
    return allTaken;
  }

  /**
   * A link that has other slots only was begun before some have moved, and comes in other words
   * yet. One with another filter never does: its job waits for words of this one that do not come
   * either. But one that has copied nothing, and that nobody has written for since before this job
   * began, may have been changed meanwhile: its next start tells.
   */
  private void refuseOther(int link, NodeState node, String expected) throws RedisException {
    if (node == null
        || node.isLeft()
        || isLeft(link, node)
        || TargetKind.slots(sync, node.moved()).isPresent()) {
      return;
    }
    throw new RedisException(
        Fault.fatal(
            FaultCode.TASK_CHANGED,
            ("the jobs of the task '%s' do not move the same: another one has taken the target with"
                    + " %s, where by the options of this one it is %s; give all of them the same"
                    + " databases, filter and map")
                .formatted(sync.task(), node.moved(), expected)));
  }

  private boolean isLeft(int link, NodeState node) {
    return node.generation() == 0 && node.epoch().equals(left.get(link));
  }

  private synchronized void tell(List<String> missing) {
    if (!told) {
      told = true;
      state.log(
          LogLevel.INFO,
          "waiting for the jobs of the task that have the other shards: "
              + String.join(" | ", missing));
    }
  }

  /** What only one process that has all links can put right. */
  static Fault resharded(String what) {
    return Fault.fatal(
        FaultCode.SPREAD_RESHARDED,
        what
            + ", and the shards of the task are spread over several jobs; stop them all, and once"
            + " no slot moves start the task with all of its shards in one job: that goes on from"
            + " the checkpoints");
  }
}
