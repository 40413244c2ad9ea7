package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Claim;
import io.cachesync.agent.checkpoint.ClusterCheckpointStore;
import io.cachesync.agent.checkpoint.ClusterEmptying;
import io.cachesync.agent.checkpoint.ClusterLinks;
import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.checkpoint.JobLinks;
import io.cachesync.agent.checkpoint.NodeState;
import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.filter.Selection;
import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.ClusterMap;
import io.cachesync.agent.redis.ClusterMasters;
import io.cachesync.agent.redis.ClusterNode;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.agent.writer.ClusterWriter;
import io.cachesync.agent.writer.TargetWriter;
import io.cachesync.contract.SyncSpec;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** A Redis Cluster. */
final class ClusterKind implements TargetKind {
  @Override
  public TargetWriter writer(
      LinkSpec spec, Selection selection, RedisClient client, Clock clock, Exactness exactness) {
    SyncSpec sync = spec.sync();
    ClusterCheckpointStore store =
        new ClusterCheckpointStore(
            client,
            TargetKind.keys(spec),
            TargetKind.claim(sync),
            TargetKind.standing(sync, spec.part()),
            spec.incarnation(),
            exactness,
            spec.part().slots());
    store.sourceNames(selection::sourceKey);
    if (!spec.part().cut().words().isEmpty()) {
      store.mustStand();
    }
    return new ClusterWriter(
        store,
        TargetKind.scope(sync, spec.part(), exactness),
        selection,
        sync.expiryGraceMillis(),
        sync.onUnsupported(),
        clock,
        exactness);
  }

  @Override
  public Optional<TakenTarget> takeClaimed(
      RedisClient client, OwnKeys keys, String moved, String incarnation) throws RedisException {
    Optional<Claim> claim = ClusterLinks.find(client, keys);
    if (claim.isEmpty()) {
      return Optional.empty();
    }
    ClusterCheckpointStore store =
        new ClusterCheckpointStore(
            client, keys, claim.get(), moved, incarnation, Exactness.ALL, SlotRanges.ALL);
    ClusterConnections taken = store.takeOverClaimed();
    return Optional.of(new TakenTarget(store, taken, () -> store.remove(taken)));
  }

  @Override
  public void empty(RedisClient client, OwnKeys job, Collection<Integer> links, String incarnation)
      throws RedisException {
    Optional<Claim> claim = ClusterLinks.find(client, job);
    if (claim.isEmpty()) {
      return;
    }
    List<ClusterConnections> connections = new ArrayList<>();
    List<ClusterCheckpointStore> stores = new ArrayList<>();
    try {
      for (int link : links) {
        ClusterCheckpointStore store =
            new ClusterCheckpointStore(
                client,
                job.ofLink(link),
                claim.get(),
                "",
                incarnation,
                Exactness.ALL,
                SlotRanges.ALL);
        connections.add(store.takeOverClaimed());
        stores.add(store);
      }
      ClusterEmptying.run(connections.get(0), stores);
    } finally {
      connections.forEach(ClusterConnections::close);
    }
  }

  @Override
  public SortedMap<Integer, NodeState> links(RedisClient client, OwnKeys job)
      throws RedisException {
    return ClusterLinks.links(client, job);
  }

  /** A writer has a connection to each master. */
  @Override
  public Set<Integer> connected(RedisClient client, OwnKeys job, Collection<Integer> links)
      throws RedisException {
    try (ClusterConnections cluster = ClusterConnections.open(client, List.of())) {
      return JobLinks.connected(cluster.master(0), job, links);
    }
  }

  @Override
  public SortedMap<Integer, String> histories(RedisClient client, OwnKeys job)
      throws RedisException {
    return ClusterLinks.histories(client, job);
  }

  /** No key is renamed where slots that move are lived through. */
  @Override
  public TargetKeys keys(RedisClient client, Selection selection) {
    return (slots, sink) -> {
      try (ClusterConnections cluster = ClusterConnections.open(client, List.of())) {
        for (int slot = slots.nextSetBit(0); slot >= 0; slot = slots.nextSetBit(slot + 1)) {
          String number = Integer.toString(slot);
          RedisConnection master = cluster.of(slot);
          // Nobody else adds any: the link that has the slot does not write meanwhile.
          String all = master.call("CLUSTER", "COUNTKEYSINSLOT", number).text();
          sink.take(
              TargetKeys.namesAtSource(
                  selection, master.call("CLUSTER", "GETKEYSINSLOT", number, all).elements()));
        }
      }
    };
  }

  @Override
  public EvictionReading.Servers servers(RedisClient client) {
    ClusterMasters masters = new ClusterMasters(client);
    return new EvictionReading.Servers() {
      @Override
      public Map<String, RedisConnection> of(RedisConnection opened) throws RedisException {
        return masters.told(opened);
      }

      @Override
      public void close() {
        masters.close();
      }

      @Override
      public void lost(String id) {
        masters.forget(id);
      }
    };
  }

  /** Replicas too: one of them may be what was given as the source. */
  @Override
  public Set<String> runIds(RedisClient client) throws RedisException {
    Set<String> ids = new HashSet<>();
    try (RedisConnection asked = client.connect()) {
      for (ClusterNode node : ClusterMap.ask(asked, client.addressMap()).nodes()) {
        if (node.failed()) {
          continue;
        }
        try (RedisConnection connection = client.connect(node.address())) {
          ids.add(connection.info("server").runId());
        } catch (RedisException e) {
          // Nobody can be copied from a server that cannot be reached; a master is asked again.
          continue;
        }
      }
    }
    return ids;
  }
}
