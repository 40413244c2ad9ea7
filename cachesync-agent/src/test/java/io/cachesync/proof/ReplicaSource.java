package io.cachesync.proof;

import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.DatasetComparer.Place;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A replica that is read from, its master, which is written to, and another replica of that one.
 * Between the replica and its master there is a wire.
 */
final class ReplicaSource implements ProofSource {
  /** A replica looks for its master once a second, and loads what that has. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** 16 MB, as 2.8 wants it told. */
  static final String LARGE_BACKLOG = "16777216";

  private static final String LAST = "last";

  private final RedisServer first;
  private final RedisServer second;
  private final RedisServer replica;
  private final FaultProxy wire;
  private volatile RedisServer master;
  private boolean historyChanged;
  private boolean behindWire;
  private volatile String last = "";

  ReplicaSource(RedisServer first, RedisServer second, RedisServer replica) {
    this.first = first;
    this.second = second;
    this.replica = replica;
    this.wire = new FaultProxy(first.port());
    master = first;
  }

  /** What links read from. */
  RedisServer replica() {
    return replica;
  }

  /** What is written to. */
  RedisServer master() {
    return master;
  }

  /** Of an old version nobody can tell behind a start whether it has copied its master anew. */
  boolean mayHideItsCopies() {
    return !replica.version().atLeast(ServerVersion.V6_0);
  }

  /** Who may become the master. */
  RedisServer spare() {
    return master == first ? second : first;
  }

  /** Between the replica and its master. */
  FaultProxy wire() {
    return wire;
  }

  /** From now on it is written to this one. */
  void master(RedisServer next) {
    master = next;
  }

  /**
   * Gives the replica another master: by its address, or by where the address leads that it has.
   */
  void follow(RedisServer next, boolean byAddress) {
    if (byAddress || !behindWire) {
      behindWire = false;
      slaveOf(replica, next.port());
    } else {
      wire.leadTo(next.port());
    }
    master = next;
  }

  /** Whether its history has changed since the seed began. */
  boolean hasChangedItsHistory() {
    return historyChanged;
  }

  /** Its history changes. */
  void changesItsHistory() {
    historyChanged = true;
  }

  /** A key that its master deletes would come to one replica, and not to the other any more. */
  void keepExpired(boolean keep) {
    for (RedisServer server : List.of(first, second)) {
      try (RespClient client = server.client()) {
        client.call("DEBUG", "SET-ACTIVE-EXPIRE", keep ? "0" : "1");
      }
    }
  }

  @Override
  public List<RedisServer> nodes() {
    return List.of(replica);
  }

  @Override
  public List<RedisServer> masters() {
    return List.of(master);
  }

  @Override
  public List<RedisServer> read() {
    return nodes();
  }

  @Override
  public List<RedisServer> servers() {
    return List.of(master, spare(), replica);
  }

  @Override
  public void settle() {
    if (master != replica) {
      awaitThatHas(replica, master);
    }
  }

  /** Waits until a replica has what its master holds now. */
  void awaitThatHas(RedisServer replica, RedisServer master) {
    if (!tellsByOffset()) {
      writeLast(master);
    }
    long offset = master.replOffset();
    if (!Pause.until(
        PATIENCE, () -> tellsByOffset() ? has(replica, offset) : hasLast(replica, master))) {
      throw new Lost(Lost.How.STUCK, "the replica does not come to have what its master has");
    }
  }

  /**
   * Below 4.0 a replica counts for itself, from 0 with each master; and one that came to a snapshot
   * that was being made for another one counts too far.
   */
  private boolean tellsByOffset() {
    return !mayHideItsCopies();
  }

  private void writeLast(RedisServer master) {
    last = Long.toString(System.nanoTime());
    try (RespClient client = master.client()) {
      client.call("SET", LAST, last);
    }
  }

  /** Who writes meanwhile may flush it before the replica has copied its master. */
  private boolean hasLast(RedisServer replica, RedisServer master) {
    if (holds(replica, LAST, last)) {
      return true;
    }
    if (!holds(master, LAST, last)) {
      writeLast(master);
    }
    return false;
  }

  private static boolean holds(RedisServer server, String key, String value) {
    try (RespClient client = server.client()) {
      client.send("GET", key);
      return value.equals(client.read());
    }
  }

  /** Whether what was written last has come to the target, where that tells of it. */
  boolean hasArrivedAt(ProofTarget target) {
    Place place = target.naming().of(new Place(0, LAST), "");
    if (tellsByOffset() || place == null || !holds(master, LAST, last)) {
      return true;
    }
    try (RespClient client = target.owner(place.key()).client()) {
      client.call("SELECT", Integer.toString(place.database()));
      client.send("GET", place.key());
      return last.equals(client.read());
    }
  }

  private static boolean has(RedisServer replica, long offset) {
    Map<String, String> info = replication(replica);
    return info.get("role").equals("slave")
        && "up".equals(info.get("master_link_status"))
        && Long.parseLong(info.get("slave_repl_offset")) >= offset;
  }

  static Map<String, String> replication(RedisServer server) {
    try (RespClient client = server.client()) {
      return client.info("replication");
    }
  }

  /** Makes it a replica of who listens there, or of nobody. */
  static void slaveOf(RedisServer server, int port) {
    try (RespClient client = server.client()) {
      if (port == 0) {
        client.call("SLAVEOF", "NO", "ONE");
      } else {
        client.call("SLAVEOF", "127.0.0.1", Integer.toString(port));
      }
    }
  }

  @Override
  public void reset() {
    wire.accept(true);
    wire.resume();
    keepExpired(false);
    historyChanged = false;
    slaveOf(first, 0);
    first.config("repl-backlog-size", LARGE_BACKLOG);
    first.flush();
    master = first;
    wire.leadTo(first.port());
    slaveOf(second, first.port());
    slaveOf(replica, wire.port());
    behindWire = true;
    awaitThatHas(second, first);
    awaitThatHas(replica, first);
  }

  @Override
  public int writers() {
    return 1;
  }

  @Override
  public RedisServer master(int writer) {
    return master;
  }

  @Override
  public List<RedisEndpoint> endpoints(Wires wires) {
    return List.of(new RedisEndpoint(Topology.STANDALONE, wires.sourceAddresses(), "", null));
  }

  @Override
  public List<String> compareTo(RedisServer target) {
    return DatasetComparer.compare(master, target);
  }

  @Override
  public List<String> compareTo(ClusterServers target) {
    return DatasetComparer.compareUnion(masters(), target);
  }

  @Override
  public void close() {
    wire.close();
    List.of(replica, second, first).forEach(RedisServer::close);
  }
}
