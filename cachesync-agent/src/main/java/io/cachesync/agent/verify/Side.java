package io.cachesync.agent.verify;

import io.cachesync.agent.redis.ClusterMap;
import io.cachesync.agent.redis.ClusterNode;
import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.RateLimiter;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.redis.ServerVersion;
import io.cachesync.agent.redis.SlotTags;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.CheckReport;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.Topology;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** One end of a check: its servers, what they can, and how fast they may be asked. */
final class Side {
  private final String name;
  private final int number;
  private final RedisClient client;
  private final RateLimiter limiter;
  private final LongAdder commands = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder scanned = new LongAdder();
  private final Speed speed = new Speed();

  private Features features;
  private ServerVersion version;
  private boolean tellsEntriesRead = true;
  private String address = "";
  private final List<String> runIds = new ArrayList<>();
  private final TreeMap<Integer, Long> keys = new TreeMap<>();

  /**
   * @param name {@code source} or {@code target}
   */
  Side(String name, RedisClient client, LimitSpec limits) {
    this(name, 0, client, limits);
  }

  /**
   * @param number of one of several sources, from 0
   */
  Side(String name, int number, RedisClient client, LimitSpec limits) {
    this.name = name;
    this.number = number;
    this.client = client;
    this.limiter = new RateLimiter(limits, System::nanoTime);
  }

  /** Asks all of its masters who they are. */
  void meet(String keyPrefix) throws RedisException {
    for (Scanned node : nodes()) {
      try (RedisConnection connection = client.connect(node.address())) {
        ServerInfo info = connection.info();
        if (!isCluster()) {
          connection.refuseCluster(info);
        }
        address = address.isEmpty() ? connection.toString() : address;
        runIds.add(info.runId());
        version =
            version == null || info.version().compareTo(version) < 0 ? info.version() : version;
        tellsEntriesRead &= info.tellsEntriesRead();
        info.keysPerDatabase().forEach((database, count) -> keys.merge(database, count, Long::sum));
        String absent = keyPrefix + "absent:{" + SlotTags.of(node.slot()) + "}";
        Features own = Features.of(connection, absent);
        features = features == null ? own : features.and(own);
      }
    }
  }

  /**
   * Refuses databases that this side does not have; a cluster is not asked.
   *
   * @throws RedisException FILTER_INVALID, naming the first of them
   */
  void mustHave(Collection<Integer> databases) throws RedisException {
    if (isCluster() || databases.isEmpty()) {
      return;
    }
    try (RedisConnection connection = client.connect()) {
      for (int database : databases) {
        RespValue reply = connection.tryCall("SELECT", Integer.toString(database));
        if (reply.isError() && reply.errorPrefix().equals("NOPERM")) {
          connection.successOf(reply); // A right is lacking, not a database.
        }
        if (reply.isError()) {
          throw new RedisException(
              Fault.fatal(
                  FaultCode.FILTER_INVALID,
                  "the %s, %s, has no database %d: choose databases that it has"
                      .formatted(name, connection, database)));
        }
      }
    }
  }

  String name() {
    return name;
  }

  /** Which of the sources it is, from 0. */
  int number() {
    return number;
  }

  RedisClient client() {
    return client;
  }

  boolean isCluster() {
    return client.endpoint().topology() == Topology.CLUSTER;
  }

  Features features() {
    return features;
  }

  /** Whether all that groups of streams have read there is known to replicas. */
  boolean tellsEntriesRead() {
    return tellsEntriesRead;
  }

  List<String> runIds() {
    return runIds;
  }

  /** Number of keys by database, as it was when the check began. */
  Map<Integer, Long> keysPerDatabase() {
    return keys;
  }

  /** The servers whose keys are the side's, as it stands now. */
  List<Scanned> nodes() throws RedisException {
    if (!isCluster()) {
      return List.of(new Scanned(client.node(), 0));
    }
    List<Scanned> nodes = new ArrayList<>();
    for (ClusterNode master : map().masters()) {
      nodes.add(new Scanned(master.address(), master.slots().nextSetBit(0)));
    }
    return nodes;
  }

  /** Who has which slots now. */
  ClusterMap map() throws RedisException {
    try (RedisConnection connection = client.connect()) {
      if (!connection.info().mode().equals("cluster")) {
        throw new RedisException(
            Fault.fatal(
                FaultCode.NOT_A_CLUSTER,
                connection + " is no node of a cluster: give it as one server, redis://…"));
      }
      return ClusterMap.askWhole(connection, client.addressMap());
    }
  }

  Wire wire() {
    return new Wire(this);
  }

  void limits(LimitSpec limits) {
    limiter.limits(limits);
  }

  /**
   * Counts what was sent and read.
   *
   * @return milliseconds to wait before anything more is sent
   */
  long count(long moreCommands, long moreBytes) {
    commands.add(moreCommands);
    bytes.add(moreBytes);
    limiter.take(moreBytes, moreCommands);
    return limiter.waitMillis();
  }

  void countScanned(long more) {
    scanned.add(more);
  }

  long scanned() {
    return scanned.sum();
  }

  void write(DataOutputStream out) throws IOException {
    out.writeLong(commands.sum());
    out.writeLong(bytes.sum());
    out.writeLong(scanned.sum());
  }

  void read(DataInputStream in) throws IOException {
    commands.add(in.readLong());
    bytes.add(in.readLong());
    scanned.add(in.readLong());
  }

  /** What is counted from now on is this process's: a former one's may have been read. */
  void beginCounting() {
    speed.begin(System.nanoTime(), commands.sum(), bytes.sum());
  }

  /**
   * @param wholeMillis that it took from its beginning to its end, or 0 while it is on: then the
   *     rates are those of the last seconds
   */
  CheckReport.Side report(long keysChosen, long wholeMillis) {
    long sent = commands.sum();
    long read = bytes.sum();
    long[] rates =
        wholeMillis > 0
            ? new long[] {sent * 1000 / wholeMillis, read * 1000 / wholeMillis}
            : speed.at(System.nanoTime(), sent, read);
    return new CheckReport.Side(
        address,
        version == null ? "" : version.toString(),
        keysChosen,
        scanned.sum(),
        sent,
        read,
        rates[0],
        rates[1]);
  }

  /**
   * A server that is scanned.
   *
   * @param slot one of its own, 0 where there are none
   */
  record Scanned(HostAndPort address, int slot) {}
}
