package io.cachesync.agent.sync;

import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.SlotRanges;
import java.util.List;

/**
 * What a link has of the sources of its job.
 *
 * @param links how many links the job has
 * @param slots of the shard; all where the source is one server
 * @param master of the shard when the link was made, or null where the source is one server
 * @param nodes of the whole source, where the master of the shard can be asked for
 * @param sources how many sources the job has
 * @param functions whether functions are taken from it: one of all links has them
 * @param cut what was found of the shard before the link began
 */
public record SourcePart(
    int links,
    SlotRanges slots,
    HostAndPort master,
    List<HostAndPort> nodes,
    int sources,
    boolean functions,
    ShardCut cut) {
  static final SourcePart WHOLE = new SourcePart(1, SlotRanges.ALL, null, List.of());

  public SourcePart {
    nodes = List.copyOf(nodes);
  }

  /** Of the only source of its job. */
  public SourcePart(int links, SlotRanges slots, HostAndPort master, List<HostAndPort> nodes) {
    this(links, slots, master, nodes, 1, slots.contains(0));
  }

  public SourcePart(
      int links,
      SlotRanges slots,
      HostAndPort master,
      List<HostAndPort> nodes,
      int sources,
      boolean functions) {
    this(links, slots, master, nodes, sources, functions, ShardCut.NONE);
  }

  SourcePart amongLinks(int all) {
    return new SourcePart(all, slots, master, nodes, sources, functions, cut);
  }

  /** The same, with what was found of it before. */
  SourcePart with(ShardCut found, boolean hasFunctions) {
    return new SourcePart(links, slots, master, nodes, sources, hasFunctions, found);
  }

  /** A shard of a cluster, the only one or one of several. */
  boolean isShard() {
    return master != null;
  }

  /** Whether other links have other sources: which keys are whose, no slot tells. */
  boolean isOneOfSources() {
    return sources > 1;
  }
}
