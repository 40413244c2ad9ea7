package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.NodeState;
import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.ClusterNode;
import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Finds out which links a job has whose source is a cluster, one for each master by its first slot,
 * and makes sure before any of them begins that they are those that it had before.
 */
final class ShardPlan {
  private final LinkSpec job;
  private final LinkState state;
  private final RedisClient source;
  private final RedisClient target;
  private final TargetKind kind;
  private final OwnKeys keys;
  private final RetryPolicy retry = new RetryPolicy();

  ShardPlan(LinkSpec job, LinkState state) {
    this.job = job;
    this.state = state;
    this.source = new RedisClient(job.sync().source(), job.secrets().source(0));
    this.target = new RedisClient(job.sync().target(), job.secrets().target());
    this.kind = TargetKind.of(job.sync().target());
    this.keys = TargetKind.keys(job);
  }

  /**
   * The parts in the order of their links' numbers; tries again what passes.
   *
   * @throws FaultException TASK_CHANGED where the source had other shards when the task was begun
   */
  List<SourcePart> await() throws FaultException, Stopped, InterruptedException {
    while (true) {
      state.control().check();
      state.phase(Phase.CONNECTING);
      try {
        List<SourcePart> parts = parts();
        if (job.sync().afresh()) {
          // What they have copied is in the shares of those that there are now.
          TakenLinks.retire(kind, target, keys, parts.size(), job.incarnation());
        } else {
          refuseOthers(parts, kind.links(target, keys));
        }
        return parts;
      } catch (RedisException e) {
        if (!e.fault().retryable()) {
          throw e;
        }
        state.retried();
        state.phase(Phase.RETRYING, e.fault());
        long millis = retry.failed();
        state.log(
            LogLevel.WARN, "%s; trying again in %d ms".formatted(e.fault().message(), millis));
        state.control().pause(millis);
      }
    }
  }

  /** While masters disagree or slots are being moved it is not known which links there are. */
  private List<SourcePart> parts() throws RedisException {
    try (ClusterConnections cluster = ClusterConnections.open(source, List.of())) {
      List<HostAndPort> nodes = cluster.map().nodes().stream().map(ClusterNode::address).toList();
      List<ClusterNode> masters = cluster.map().masters();
      List<SourcePart> parts = new ArrayList<>();
      for (ClusterNode master : masters) {
        parts.add(
            new SourcePart(masters.size(), SlotRanges.of(master.slots()), master.address(), nodes));
      }
      return parts;
    }
  }

  private void refuseOthers(List<SourcePart> parts, Map<Integer, NodeState> former)
      throws RedisException {
    for (Map.Entry<Integer, NodeState> link : former.entrySet()) {
      NodeState node = link.getValue();
      if (node.generation() == 0) {
        continue;
      }
      if (!node.hole().isEmpty()) {
        throw new RedisException(LinkRun.holeFault(node.hole()));
      }
      String now =
          link.getKey() < parts.size()
              ? TargetKind.moved(job.sync(), parts.get(link.getKey()))
              : "no such link";
      if (!node.moved().equals(now)) {
        throw new RedisException(
            Fault.fatal(
                FaultCode.TASK_CHANGED,
                ("the task '%s' was begun with %s and now has %s; where slots have moved at the"
                        + " source, only a start afresh goes on")
                    .formatted(job.sync().task(), node.moved(), now)));
      }
    }
  }
}
