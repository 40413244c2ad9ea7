package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Claim;
import io.cachesync.agent.checkpoint.ClusterCheckpointStore;
import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.checkpoint.TargetCheckpointStore;
import io.cachesync.agent.redis.AddressMap;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.writer.ClusterWriter;
import io.cachesync.agent.writer.StandaloneWriter;
import io.cachesync.agent.writer.TargetWriter;
import io.cachesync.contract.SyncSpec;
import java.time.Clock;

/** What a target is, and so how it is written to. */
@FunctionalInterface
interface TargetKind {
  TargetKind STANDALONE =
      (spec, client, clock, exactness) -> {
        SyncSpec sync = spec.sync();
        return new StandaloneWriter(
            new TargetCheckpointStore(
                client, keys(spec), claim(sync), moved(sync), spec.incarnation(), exactness),
            sync.expiryGraceMillis(),
            clock,
            exactness);
      };

  TargetWriter writer(LinkSpec spec, RedisClient client, Clock clock, Exactness exactness);

  /** Not offered to users yet: see docs/limits.md. */
  static TargetKind cluster(AddressMap addresses) {
    return (spec, client, clock, exactness) -> {
      SyncSpec sync = spec.sync();
      return new ClusterWriter(
          new ClusterCheckpointStore(
              client,
              addresses,
              keys(spec),
              claim(sync),
              moved(sync),
              spec.incarnation(),
              exactness),
          sync.expiryGraceMillis(),
          clock,
          exactness);
    };
  }

  private static OwnKeys keys(LinkSpec spec) {
    SyncSpec sync = spec.sync();
    return new OwnKeys(sync.keyPrefix(), sync.task(), sync.jobNumber(), spec.number());
  }

  private static Claim claim(SyncSpec sync) {
    return new Claim(sync.task(), sync.filter().databases());
  }

  private static String moved(SyncSpec sync) {
    return "source " + sync.source().addresses() + ", databases " + claim(sync).databasesText();
  }
}
