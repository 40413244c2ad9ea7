package io.cachesync.agent.sync;

import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.SlotRanges;
import java.util.List;

/**
 * What a link has of the source of its job.
 *
 * @param links how many links the job has
 * @param slots of the shard; all where the source is one server
 * @param master of the shard when the link was made, or null where the source is one server
 * @param nodes of the whole source, where the master of the shard can be asked for
 */
public record SourcePart(int links, SlotRanges slots, HostAndPort master, List<HostAndPort> nodes) {
  static final SourcePart WHOLE = new SourcePart(1, SlotRanges.ALL, null, List.of());

  public SourcePart {
    nodes = List.copyOf(nodes);
  }

  /** A shard of a cluster, the only one or one of several. */
  boolean isShard() {
    return master != null;
  }
}
