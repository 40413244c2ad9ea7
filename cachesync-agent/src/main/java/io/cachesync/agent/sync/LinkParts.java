package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.filter.Selection;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ShardNode;
import io.cachesync.agent.writer.TargetWriter;
import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.Ledger;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.SyncSpec;
import java.time.Clock;
import java.util.BitSet;
import java.util.function.Supplier;

/**
 * What a link is made of.
 *
 * @param selection what is moved, and under which names
 * @param shard the master of the shard, or null where the source is one server
 * @param source the hold on the source
 * @param target the hold on the target
 * @param repair of keys that somebody has chosen
 * @param slots asks whether slots of the shard move, or null where the source is one server
 * @param retry how long to wait before the next try
 */
record LinkParts(
    LinkSpec spec,
    Siblings siblings,
    LinkState state,
    Clock clock,
    Exactness exactness,
    Selection selection,
    ShardNode shard,
    RedisClient sourceClient,
    RedisClient targetClient,
    TargetKind kind,
    TargetWriter writer,
    SlotShare share,
    Refetch refetch,
    Attachment source,
    Sweep sweep,
    FullSync fullSync,
    Taking target,
    Finishing finishing,
    LaneRepair repair,
    SlotWatch slots,
    RetryPolicy retry) {

  static LinkParts of(
      LinkSpec spec,
      Siblings siblings,
      LinkState state,
      Clock clock,
      Exactness exactness,
      Selection selection) {
    SyncSpec sync = spec.sync();
    SourcePart part = spec.part();
    ShardNode shard =
        part.isShard() ? new ShardNode(part.slots(), part.master(), part.nodes()) : null;
    RedisClient whole = new RedisClient(sync.source(), spec.secrets().source(0));
    RedisClient sourceClient = part.isShard() ? whole.following(shard) : whole;
    RedisClient targetClient = new RedisClient(sync.target(), spec.secrets().target());
    TargetKind kind = TargetKind.of(sync.target());
    TargetWriter writer = kind.writer(spec, selection, targetClient, clock, exactness);
    Refetch refetch = new Refetch(sourceClient, state);
    Attachment source = new Attachment(spec, sourceClient, state, clock);
    SlotShare share = new SlotShare(part, siblings.moves());
    Sweep sweep = new Sweep(sourceClient, selection, part, share, state);
    boolean takesKeys = sync.onExists() != ConflictPolicy.REFUSE && !part.isOneOfSources();
    boolean accepts = takesKeys || mustResume(spec);
    return new LinkParts(
        spec,
        siblings,
        state,
        clock,
        exactness,
        selection,
        shard,
        sourceClient,
        targetClient,
        kind,
        writer,
        share,
        refetch,
        source,
        sweep,
        new FullSync(source, writer, sweep, refetch::use, state),
        new Taking(sync, siblings, kind, targetClient, writer, state, accepts),
        new Finishing(spec, siblings, kind, targetClient, writer, state),
        new LaneRepair(spec, siblings.moves(), selection, targetClient, refetch, state),
        part.isShard() ? new SlotWatch(sourceClient, part, share, state) : null,
        new RetryPolicy());
  }

  /** Whether nothing but what lies at the target may be gone on from. */
  boolean mustResume() {
    return mustResume(spec);
  }

  /** Asks the source which slots it has; where that is one server, it has none. */
  void takeSlots() throws RedisException {
    if (slots != null) {
      try (RedisConnection connection = sourceClient.connect()) {
        slots.take(connection);
      }
    }
  }

  /**
   * Slots that the link's master has by now and that do not move, as it tells; none where somebody
   * else has them.
   *
   * @param replId of the stream that the link follows
   */
  BitSet settledSlots(Supplier<String> replId) throws RedisException {
    try (RedisConnection connection = sourceClient.connect()) {
      BitSet settled = SlotWatch.settled(connection, sourceClient.addressMap());
      return connection.info().replId().equals(replId.get()) ? settled : new BitSet();
    }
  }

  Ledger ledger() {
    Receiver current = source.receiver();
    return state.tally().ledger(current == null ? 0 : current.commandsReceived());
  }

  private static boolean mustResume(LinkSpec spec) {
    return spec.start() == StartMode.MUST_RESUME && !spec.sync().afresh();
  }
}
