package io.cachesync.agent.precheck;

import io.cachesync.agent.checkpoint.Claim;
import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.NodeFacts;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.Topology;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** An end that is one server, whatever it was given as. */
final class SingleEnd implements End {
  /** {@code slave0:ip=10.0.0.2,port=6379,…}; what only reads the stream has port 0. */
  private static final Pattern REPLICA = Pattern.compile(".*\\bport=[1-9]\\d*,.*");

  private final Topology given;
  private final Server server;

  SingleEnd(Topology given, Server server) {
    this.given = given;
    this.server = server;
  }

  @Override
  public Topology given() {
    return given;
  }

  @Override
  public Server front() {
    return server;
  }

  @Override
  public List<Server> masters() {
    return List.of(server);
  }

  @Override
  public List<Server> nodes() {
    return List.of(server);
  }

  @Override
  public OptionalInt databases() throws RedisException {
    return server.config("databases").stream().mapToInt(Integer::parseInt).findFirst();
  }

  @Override
  public boolean hasOnlyDatabaseZero() {
    return false;
  }

  @Override
  public String keyAt(Server master, String name) {
    return name;
  }

  @Override
  public List<List<String>> sent() {
    return List.of();
  }

  @Override
  public double share(Server master) {
    return 1;
  }

  @Override
  public SortedMap<Integer, Claim> claims(OwnKeys keys) throws RedisException {
    SortedMap<Integer, Claim> claims = new TreeMap<>();
    for (int database : server.info().keysPerDatabase().keySet()) {
      server.select(database);
      RespValue claim = server.call("GET", keys.claim());
      if (!claim.isNull() && !claim.isError()) {
        claims.put(database, TargetKeys.claim(claim.text()));
      }
    }
    return claims;
  }

  /** The state of its first link tells; the claim does not at a single server. */
  @Override
  public boolean isOwned(OwnKeys keys, Claim claim) throws RedisException {
    server.select(claim.home());
    return server.call("HGET", keys.ofLink(0).node(), "owned").text().equals("yes");
  }

  @Override
  public SortedMap<Integer, Long> ownKeys(OwnKeys keys, int links) throws RedisException {
    Set<String> names = new TreeSet<>(Set.of(keys.claim(), keys.lock()));
    for (int link = 0; link < links; link++) {
      OwnKeys of = keys.ofLink(link);
      names.add(of.node());
      names.add(of.checkpoint());
      names.add(of.heal());
    }
    SortedMap<Integer, Long> own = new TreeMap<>();
    for (int database : server.info().keysPerDatabase().keySet()) {
      server.select(database);
      long count = 0;
      for (String name : names) {
        count += server.call("EXISTS", name).text().equals("1") ? 1 : 0;
      }
      own.put(database, count);
    }
    return own;
  }

  @Override
  public int replicas() {
    int replicas = 0;
    for (int i = 0; i < server.info().connectedReplicas(); i++) {
      replicas += REPLICA.matcher(server.info().text("slave" + i)).matches() ? 1 : 0;
    }
    return replicas;
  }

  @Override
  public List<Server> mastersAlone() {
    return List.of();
  }

  @Override
  public List<PrecheckFinding> health() {
    return List.of();
  }

  @Override
  public List<PeerNode> away() {
    return List.of();
  }

  @Override
  public List<NodeFacts> nodeFacts() {
    return List.of();
  }

  @Override
  public void close() {
    server.close();
  }
}
