package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Claim;
import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.checkpoint.JobLinks;
import io.cachesync.agent.checkpoint.NodeState;
import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.checkpoint.TargetCheckpointStore;
import io.cachesync.agent.filter.Selection;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.agent.writer.StandaloneWriter;
import io.cachesync.agent.writer.TargetWriter;
import io.cachesync.contract.SyncSpec;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** One server. */
final class StandaloneKind implements TargetKind {
  @Override
  public TargetWriter writer(
      LinkSpec spec, Selection selection, RedisClient client, Clock clock, Exactness exactness) {
    SyncSpec sync = spec.sync();
    TargetCheckpointStore store =
        new TargetCheckpointStore(
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
    return new StandaloneWriter(
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
    Optional<Claim> claim = find(client, keys);
    if (claim.isEmpty()) {
      return Optional.empty();
    }
    TargetCheckpointStore store =
        new TargetCheckpointStore(client, keys, claim.get(), moved, incarnation);
    RedisConnection taken = store.takeOverClaimed();
    return Optional.of(new TakenTarget(store, taken, () -> store.remove(taken)));
  }

  @Override
  public void empty(RedisClient client, OwnKeys job, Collection<Integer> links, String incarnation)
      throws RedisException {
    Optional<Claim> claim = find(client, job);
    if (claim.isEmpty()) {
      return;
    }
    List<RedisConnection> connections = new ArrayList<>();
    List<TargetCheckpointStore> stores = new ArrayList<>();
    try {
      for (int link : links) {
        TargetCheckpointStore store =
            new TargetCheckpointStore(client, job.ofLink(link), claim.get(), "", incarnation);
        connections.add(store.takeOverClaimed());
        stores.add(store);
      }
      TargetCheckpointStore.empty(connections.get(0), stores);
    } finally {
      connections.forEach(RedisConnection::close);
    }
  }

  @Override
  public SortedMap<Integer, NodeState> links(RedisClient client, OwnKeys job)
      throws RedisException {
    try (RedisConnection connection = client.connect()) {
      return TargetCheckpointStore.links(connection, job);
    }
  }

  @Override
  public Set<Integer> connected(RedisClient client, OwnKeys job, Collection<Integer> links)
      throws RedisException {
    try (RedisConnection connection = client.connect()) {
      return JobLinks.connected(connection, job, links);
    }
  }

  @Override
  public SortedMap<Integer, String> histories(RedisClient client, OwnKeys job)
      throws RedisException {
    try (RedisConnection connection = client.connect()) {
      return TargetCheckpointStore.histories(connection, job);
    }
  }

  @Override
  public TargetKeys keys(RedisClient client, Selection selection) {
    int database = selection.targetDatabase(TargetKeys.SOURCE_DATABASE);
    return (slots, sink) -> {
      try (RedisConnection connection = client.connect()) {
        connection.call("SELECT", Integer.toString(database));
        String cursor = "0";
        do {
          List<RespValue> page = connection.call("SCAN", cursor, "COUNT", "1000").elements();
          cursor = page.get(0).text();
          sink.take(
              TargetKeys.namesAtSource(selection, page.get(1).elements()).stream()
                  .filter(name -> slots.get(HashSlot.of(name)))
                  .toList());
        } while (!cursor.equals("0"));
      }
    };
  }

  @Override
  public EvictionReading.Servers servers(RedisClient client) {
    return opened -> Map.of(opened.toString(), opened);
  }

  @Override
  public Set<String> runIds(RedisClient client) throws RedisException {
    try (RedisConnection connection = client.connect()) {
      return Set.of(connection.info("server").runId());
    }
  }

  private static Optional<Claim> find(RedisClient client, OwnKeys keys) throws RedisException {
    try (RedisConnection connection = client.connect()) {
      return TargetCheckpointStore.find(connection, keys);
    }
  }
}
