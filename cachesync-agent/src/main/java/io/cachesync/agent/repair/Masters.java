package io.cachesync.agent.repair;

import io.cachesync.agent.checkpoint.Claim;
import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.Modules;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.agent.writer.ModuleValues;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Topology;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** Connections to every master of one end. For one thread. */
final class Masters implements Closeable {
  /** The type of a key that is not there. */
  static final String NONE = "none";

  private final ClusterConnections cluster;
  private final List<RedisConnection> masters;

  private Masters(ClusterConnections cluster, List<RedisConnection> masters) {
    this.cluster = cluster;
    this.masters = masters;
  }

  static Masters open(RedisClient client) throws RedisException {
    if (client.endpoint().topology() == Topology.CLUSTER) {
      ClusterConnections cluster = ClusterConnections.open(client, List.of());
      return new Masters(cluster, cluster.masters());
    }
    RedisConnection connection = client.connect();
    try {
      connection.refuseCluster(connection.info());
    } catch (RedisException | RuntimeException e) {
      connection.close();
      throw e;
    }
    return new Masters(null, List.of(connection));
  }

  boolean isCluster() {
    return cluster != null;
  }

  /** The master that has a key. */
  RedisConnection of(byte[] key) {
    return cluster == null ? masters.get(0) : cluster.of(HashSlot.of(key));
  }

  /**
   * What TYPE tells of some keys, in their order: {@link #NONE} where a key is not there, and for a
   * database that this end does not have.
   */
  List<String> types(List<DatabaseKey> keys) throws RedisException {
    List<RedisConnection> asked = new ArrayList<>();
    for (DatabaseKey key : keys) {
      RedisConnection connection = of(key.key());
      if (!isCluster()) {
        connection.out().begin(2).arg("SELECT").arg(key.database());
      }
      connection.out().begin(2).arg("TYPE").arg(key.key());
      asked.add(connection);
    }
    for (RedisConnection connection : asked.stream().distinct().toList()) {
      connection.flush();
    }
    List<String> types = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      RedisConnection connection = asked.get(i);
      boolean isThere = isCluster() ? keys.get(i).database() == 0 : selected(connection);
      String type = connection.successOf(connection.read()).text();
      types.add(isThere ? type : NONE);
    }
    return types;
  }

  /**
   * Reads whether there is such a database. Any other refusal says nothing of what is in it, and
   * must not be taken for a key that is gone: such a one is removed at the target.
   */
  private static boolean selected(RedisConnection connection) throws RedisException {
    RespValue reply = connection.read();
    // "invalid DB index" before 4.0, "DB index is out of range" since.
    if (reply.isError() && reply.text().contains("DB index")) {
      return false;
    }
    connection.successOf(reply);
    return true;
  }

  /** What the first master tells of itself. */
  ServerInfo info() throws RedisException {
    return masters.get(0).info();
  }

  /** All that any of them has. */
  Modules modules() throws RedisException {
    Modules all = null;
    for (RedisConnection master : masters) {
      Modules here = Modules.of(master, master.info());
      all = all == null ? here : all.or(here);
    }
    return all == null ? Modules.UNKNOWN : all;
  }

  /**
   * Which values of modules they may be sent.
   *
   * @param source what the other end has
   */
  ModuleValues moduleValues(Modules source) throws RedisException {
    return ModuleValues.of(lowest(), masters, () -> source);
  }

  /** What the master of the lowest version tells of itself. */
  ServerInfo lowest() throws RedisException {
    ServerInfo lowest = info();
    for (RedisConnection master : masters.subList(1, masters.size())) {
      ServerInfo other = master.info("server");
      lowest = other.commandLevel() < lowest.commandLevel() ? other : lowest;
    }
    return lowest;
  }

  List<String> runIds() throws RedisException {
    List<String> ids = new ArrayList<>();
    for (RedisConnection master : masters) {
      ids.add(master.info("server").runId());
    }
    return ids;
  }

  /** The clock that is furthest ahead, less ours. */
  long aheadMillis(long now) throws RedisException {
    long ahead = Long.MIN_VALUE;
    for (RedisConnection master : masters) {
      ahead = Math.max(ahead, master.timeMillis() - now);
    }
    return ahead;
  }

  /**
   * Refuses to write where a task does, or will go on doing so: what is written past its lanes is
   * overtaken by what it has yet to apply.
   *
   * @param keyPrefix of the tasks' own keys
   * @param databases that are written to
   * @throws RedisException TARGET_TASK_CONFLICT
   */
  void refuseClaimed(String keyPrefix, Collection<Integer> databases) throws RedisException {
    OwnKeys keys = new OwnKeys(keyPrefix, "", 0, 0);
    if (cluster != null) {
      refuse(cluster.of(0).call("GET", keys.clusterClaim()), databases);
      return;
    }
    RedisConnection connection = masters.get(0);
    for (int home : homes(connection, databases)) {
      connection.call("SELECT", Integer.toString(home));
      refuse(connection.call("GET", keys.claim()), databases);
    }
  }

  /**
   * Refuses like {@link #refuseClaimed}, and where the target is no cluster, lets the transaction
   * that follows fail if a task comes before it. The database of the connection stays.
   */
  void watchClaimed(String keyPrefix, int database) throws RedisException {
    if (cluster == null) {
      RedisConnection connection = masters.get(0);
      String claim = new OwnKeys(keyPrefix, "", 0, 0).claim();
      for (int home : homes(connection, List.of(database))) {
        connection.call("SELECT", Integer.toString(home));
        connection.call("WATCH", claim);
      }
    }
    refuseClaimed(keyPrefix, List.of(database));
    if (cluster == null) {
      masters.get(0).call("SELECT", Integer.toString(database));
    }
  }

  private static TreeSet<Integer> homes(RedisConnection connection, Collection<Integer> databases)
      throws RedisException {
    TreeSet<Integer> homes = new TreeSet<>(connection.info("keyspace").keysPerDatabase().keySet());
    homes.addAll(databases);
    return homes;
  }

  private void refuse(RespValue text, Collection<Integer> databases) throws RedisException {
    if (text.isNull()) {
      return;
    }
    Claim claim;
    try {
      claim = Claim.parse(text.text());
    } catch (IllegalArgumentException e) {
      throw new RedisException(Fault.fatal(FaultCode.CHECKPOINT_MISMATCH, e.getMessage()), e);
    }
    if (databases.stream().anyMatch(claim::covers)) {
      throw new RedisException(
          Fault.fatal(
              FaultCode.TARGET_TASK_CONFLICT,
              "the task '%s' moves into databases %s of %s, and would go over what is written past it"
                      .formatted(claim.task(), claim.databasesText(), masters.get(0))
                  + ": let it repair (--task), or finish it first"));
    }
  }

  @Override
  public void close() {
    masters.forEach(RedisConnection::close);
  }
}
