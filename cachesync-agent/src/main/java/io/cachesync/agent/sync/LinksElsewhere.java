package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.NodeState;
import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.LogLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The links of a source's other shards, which other jobs of the same task run on whichever machine.
 * All that is known of them is what stands at the target. Thread-safe.
 */
final class LinksElsewhere {
  /** There are none: all links of the source are in this job. */
  static final LinksElsewhere NONE = new LinksElsewhere(null, null, null, Map.of(), -1, null);

  private static final long POLL_MILLIS = 250;

  private final TargetKind kind;
  private final RedisClient target;
  private final OwnKeys keys;

  /** By number, in the words that they have at the target. */
  private final Map<Integer, String> words;

  private final int first;
  private final LinkState state;

  // Guarded by this.
  private boolean allTaken;
  private boolean told;

  private LinksElsewhere(
      TargetKind kind,
      RedisClient target,
      OwnKeys keys,
      Map<Integer, String> words,
      int first,
      LinkState state) {
    this.kind = kind;
    this.target = target;
    this.keys = keys;
    this.words = words;
    this.first = first;
    this.state = state;
  }

  /**
   * @param plan that left them to other jobs
   * @param links that are elsewhere
   * @param own numbers of the links of this job
   */
  static LinksElsewhere of(LinkPlan plan, List<PlannedLink> links, List<Integer> own) {
    Map<Integer, String> words = new TreeMap<>();
    for (PlannedLink link : links) {
      words.put(link.number(), TargetKind.moved(plan.job.sync(), link.part()));
    }
    int lowest = words.keySet().stream().mapToInt(Integer::intValue).min().orElse(-1);
    boolean begins = own.stream().anyMatch(number -> number < lowest);
    return new LinksElsewhere(
        plan.kind, plan.target, plan.keys, words, begins ? -1 : lowest, plan.state);
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
   * @throws RedisException SPREAD_RESHARDED where slots have begun to move meanwhile
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
    words.forEach(
        (number, expected) -> {
          NodeState node = taken.get(number);
          if (node == null || !node.moved().equals(expected)) {
            missing.add(expected);
          }
        });
    allTaken = missing.isEmpty();
    if (!allTaken) {
      tell(missing);
    }
    return allTaken;
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
