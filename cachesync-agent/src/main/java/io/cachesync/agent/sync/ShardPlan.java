package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.NodeState;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Finds out which links a job has whose source is a cluster, one for each master by its first slot,
 * and makes sure before any of them begins that they are those that it had before.
 */
final class ShardPlan extends LinkPlan {
  ShardPlan(LinkSpec job, LinkState state) {
    super(job, state);
  }

  /** The parts in the order of their links' numbers. */
  @Override
  List<PlannedLink> links() throws RedisException {
    List<SourcePart> parts = parts(0);
    if (job.sync().afresh()) {
      // What they have copied is in the shares of those that there are now.
      TakenLinks.retire(kind, target, keys, parts.size(), job.incarnation());
    } else {
      refuseOthers(parts, kind.links(target, keys));
    }
    List<PlannedLink> links = new ArrayList<>();
    for (SourcePart part : parts) {
      links.add(new PlannedLink(links.size(), 0, part, job.start()));
    }
    return links;
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
