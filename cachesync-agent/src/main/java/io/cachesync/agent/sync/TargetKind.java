package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Claim;
import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.checkpoint.NodeState;
import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.filter.FilterWords;
import io.cachesync.agent.filter.Selection;
import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.agent.writer.SnapshotScope;
import io.cachesync.agent.writer.SnapshotScope.Existing;
import io.cachesync.agent.writer.TargetWriter;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.SyncSpec;
import io.cachesync.contract.Topology;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** What a target is, and so how it is written to, taken, watched and told from a source. */
interface TargetKind {
  static TargetKind of(RedisEndpoint target) {
    return target.topology() == Topology.CLUSTER ? new ClusterKind() : new StandaloneKind();
  }

  TargetWriter writer(
      LinkSpec spec, Selection selection, RedisClient client, Clock clock, Exactness exactness);

  /**
   * Takes over what the task has claimed, from whoever writes there.
   *
   * @param moved what the task moves from now on, in words; empty leaves the words that stand there
   * @return empty where the task has claimed nothing
   */
  Optional<TakenTarget> takeClaimed(
      RedisClient client, OwnKeys keys, String moved, String incarnation) throws RedisException;

  /**
   * Empties a target that the task owns, in one piece: all of these links have nothing there then,
   * and hold epochs behind those of whoever wrote there.
   */
  void empty(RedisClient client, OwnKeys job, Collection<Integer> links, String incarnation)
      throws RedisException;

  /** What the links of a job have at the target, by their numbers. */
  SortedMap<Integer, NodeState> links(RedisClient client, OwnKeys job) throws RedisException;

  /** Those of a job's links that some process, on whichever machine, writes for or is about to. */
  Set<Integer> connected(RedisClient client, OwnKeys job, Collection<Integer> links)
      throws RedisException;

  /** The histories of the source at the checkpoints of a job's links, by their numbers. */
  SortedMap<Integer, String> histories(RedisClient client, OwnKeys job) throws RedisException;

  /**
   * What the target has of hash slots of a cluster source, read on a connection of its own.
   *
   * @param selection what is moved, and under which names
   */
  TargetKeys keys(RedisClient client, Selection selection);

  /** Whose evictions count. */
  EvictionReading.Servers servers(RedisClient client);

  /** The run ids of all servers of the target that can be asked. */
  Set<String> runIds(RedisClient client) throws RedisException;

  static OwnKeys keys(LinkSpec spec) {
    SyncSpec sync = spec.sync();
    return new OwnKeys(sync.keyPrefix(), sync.task(), sync.jobNumber(), spec.number());
  }

  static Claim claim(SyncSpec sync) {
    return new Claim(
        sync.task(),
        sync.filter().targetDatabases(),
        sync.filter().targetDatabasesLeftOut(),
        false);
  }

  /** Keys of several sources are told apart by their names alone: none replaces another's. */
  static SnapshotScope scope(SyncSpec sync, SourcePart part, Exactness exactness) {
    if (part.isOneOfSources()) {
      Existing others =
          exactness.refusesKeysOfAnotherSource() ? Existing.OF_ANOTHER_SOURCE : Existing.REPLACED;
      return new SnapshotScope(others, part.functions(), part.slots());
    }
    Existing existing =
        switch (sync.onExists()) {
          case SKIP -> Existing.SKIPPED;
          case FAIL -> Existing.REFUSED;
          default -> Existing.REPLACED;
        };
    return new SnapshotScope(existing, true, part.slots());
  }

  private static String name(RedisEndpoint source) {
    return source.topology() == Topology.SENTINEL ? " master " + source.masterName() : "";
  }

  /**
   * A shard is known by its slots, whichever node has them. Where there are several sources each
   * tells how many, so that one that is left out or added is seen.
   */
  static String moved(SyncSpec sync, SourcePart part) {
    String more = FilterWords.beyondDatabases(sync.filter());
    return from(sync, part)
        + ", databases "
        + new Claim("", sync.filter().databases()).databasesText()
        + (more.isEmpty() ? "" : ", " + more);
  }

  /** The slots that these words of a shard tell; empty where they are of something else. */
  static Optional<SlotRanges> slots(SyncSpec sync, String words) {
    return slots(sync, words, 1);
  }

  /**
   * The same where there are so many sources.
   *
   * @param sync of the source that the shard would be of
   */
  static Optional<SlotRanges> slots(SyncSpec sync, String words, int sources) {
    String begin = "the slots ";
    int end = words.indexOf(' ', begin.length());
    if (!words.startsWith(begin) || end < 0) {
      return Optional.empty();
    }
    SlotRanges slots = SlotRanges.parse(words.substring(begin.length(), end));
    HostAndPort any = HostAndPort.parse("shard:1");
    SourcePart part = new SourcePart(1, slots, any, List.of(), sources, false);
    return moved(sync, part).equals(words) ? Optional.of(slots) : Optional.empty();
  }

  /** What stands of a link at its target when it begins: of a shard, what it last had. */
  static String standing(SyncSpec sync, SourcePart part) {
    return part.cut().words().isEmpty() ? moved(sync, part) : part.cut().words();
  }

  private static String from(SyncSpec sync, SourcePart part) {
    if (!part.isOneOfSources()) {
      return part.isShard()
          ? "the slots " + part.slots() + " of the source"
          : "source " + sync.source().addresses() + name(sync.source());
    }
    List<String> addresses = sync.source().addresses().stream().sorted().toList();
    String shard = part.isShard() ? "the slots " + part.slots() + " of " : "";
    return "%ssource %s%s, one of %d"
        .formatted(shard, addresses, name(sync.source()), part.sources());
  }
}
