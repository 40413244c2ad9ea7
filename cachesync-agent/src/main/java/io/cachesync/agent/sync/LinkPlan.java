package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.CopiedFrom;
import io.cachesync.agent.checkpoint.NodeState;
import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.ClusterNode;
import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.Phase;
import io.cachesync.contract.SyncMode;
import io.cachesync.contract.SyncSpec;
import io.cachesync.contract.Topology;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Finds out which links a job has, and whether they are those that it had before. */
abstract class LinkPlan {
  final LinkSpec job;
  final LinkState state;
  final RedisClient target;
  final TargetKind kind;
  final OwnKeys keys;

  /** What the masters of cluster sources told when their slots were asked for. */
  final Map<HostAndPort, ServerInfo> masters = new HashMap<>();

  private final RetryPolicy retry = new RetryPolicy();

  LinkPlan(LinkSpec job, LinkState state) {
    this.job = job;
    this.state = state;
    this.target = new RedisClient(job.sync().target(), job.secrets().target());
    this.kind = TargetKind.of(job.sync().target());
    this.keys = TargetKind.keys(job);
  }

  /**
   * @param again whether a link of this start has said that all must begin again
   * @param followed by number of the link, the history that this start has followed last, and where
   *     the copy that it went on from was begun
   */
  static LinkPlan of(
      LinkSpec job, LinkState state, boolean again, Map<Integer, CopiedFrom> followed) {
    return job.sync().moreSources().isEmpty()
        ? new ShardPlan(job, state)
        : new SourcesPlan(job, state, again, followed);
  }

  /**
   * The links; tries again what passes.
   *
   * @throws FaultException TASK_CHANGED where the task was begun with others
   */
  final List<PlannedLink> await() throws FaultException, Stopped, InterruptedException {
    while (true) {
      state.control().check();
      state.phase(Phase.CONNECTING);
      try {
        return links();
      } catch (RedisException e) {
        if (!passes(e.fault())) {
          throw e;
        }
        long millis = retry.failed();
        state.retries(e.fault(), millis);
        state.control().pause(millis);
      }
    }
  }

  /** A master of the target that has handed over is found again, as a link has it too. */
  private boolean passes(Fault fault) {
    Topology topology = job.sync().target().topology();
    boolean handedOver =
        fault.code() == FaultCode.TARGET_READ_ONLY
            && (topology == Topology.CLUSTER || topology == Topology.SENTINEL);
    return fault.retryable() || handedOver;
  }

  /** Links of before that the source has nothing for any more; they go once all is copied. */
  TreeSet<Integer> left() {
    return new TreeSet<>();
  }

  /** All that they had is copied by others: what is left of them at the target goes. */
  final void retireLeft() throws RedisException {
    if (!left().isEmpty()) {
      TakenLinks.retire(kind, target, keys, List.copyOf(left()), job.incarnation());
      left().clear();
    }
  }

  /** Links that other jobs of the task have, which must be known all the same. */
  LinksElsewhere elsewhere() {
    return LinksElsewhere.NONE;
  }

  /** What those have left of the slots of a source. */
  List<LeftSlots> left(int source) {
    return List.of();
  }

  /**
   * Of a link that has no hash where others have copied, a removal may have been cut behind it: the
   * target may be in use by then, and nothing of it is taken away without a person's word.
   *
   * @param moved what that link moves
   */
  final RedisException gone(String moved) {
    return new RedisException(
        Fault.fatal(
            FaultCode.CHECKPOINT_GONE,
            "the target has no checkpoint of %s, but those of others of the task '%s';"
                    .formatted(moved, job.sync().task())
                + " start afresh or finish"));
  }

  /**
   * Whether a link has taken the target and copied nothing, as all do before any of them copies; a
   * removal says another thing.
   */
  static boolean hasNothing(NodeState node, Collection<NodeState> all) {
    return node != null
        && node.generation() == 0
        && !node.isLeft()
        && (node.owned() || all.stream().noneMatch(NodeState::owned));
  }

  /** A shard is no more whose stream would be needed to its end. */
  static RedisException drained(SyncSpec sync, NodeState node) {
    return new RedisException(
        Fault.fatal(
            FaultCode.TASK_CHANGED,
            ("the task '%s' was begun with %s, whose master has no slots any more, and the rest of"
                    + " its stream cannot be read: which keys at the target were its own is not"
                    + " known; only a start afresh goes on")
                .formatted(sync.task(), node.moved())));
  }

  abstract List<PlannedLink> links() throws RedisException;

  RedisClient source(int number) {
    return new RedisClient(job.sync().allSources().get(number), job.secrets().source(number));
  }

  /**
   * What links are to have of a source: of a cluster the shards by their first slots, where masters
   * that disagree or slots that move keep anything from being told.
   */
  List<SourcePart> parts(int source) throws RedisException {
    int sources = job.sync().allSources().size();
    boolean first = source == 0;
    if (job.sync().allSources().get(source).topology() != Topology.CLUSTER) {
      return List.of(new SourcePart(1, SlotRanges.ALL, null, List.of(), sources, first));
    }
    try (ClusterConnections cluster = ClusterConnections.open(source(source), List.of())) {
      List<HostAndPort> nodes = cluster.map().nodes().stream().map(ClusterNode::address).toList();
      List<ClusterNode> found = cluster.map().masters();
      List<SourcePart> parts = new ArrayList<>();
      for (int i = 0; i < found.size(); i++) {
        ClusterNode master = found.get(i);
        SlotRanges slots = SlotRanges.of(master.slots());
        masters.put(master.address(), cluster.master(i).info());
        parts.add(
            new SourcePart(
                found.size(), slots, master.address(), nodes, sources, first && slots.contains(0)));
      }
      // What was read of one was of a time at which no other was giving it slots.
      cluster.verifyMap();
      return parts;
    }
  }

  /**
   * A slot that is fetched as a whole is what the stream would have made of it, but for commands
   * that are left out; what stands of a slot at a cluster lies with its keys, which renamed ones do
   * not.
   */
  static boolean livesThrough(SyncSpec sync) {
    FilterSpec filter = sync.filter();
    return sync.mode() == SyncMode.SYNC
        && (filter.renames().isEmpty() || sync.target().topology() != Topology.CLUSTER);
  }

  /** Whether a master is in this history, or was until it failed over. */
  static boolean has(ServerInfo master, String replId) {
    return replId != null
        && (master.replId().equals(replId) || master.text("master_replid2").equals(replId));
  }
}
