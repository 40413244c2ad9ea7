package io.cachesync.agent.precheck;

import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.redis.ServerVersion;
import io.cachesync.contract.EndpointFacts;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.ProbeSpec;
import io.cachesync.contract.Topology;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

/** What an endpoint says of itself, as seen from this machine. */
public final class Probe {
  private static final long UNKNOWN = -1;

  private Probe() {}

  /** Asks once; what cannot be reached is a fault in the facts, or in those of its node. */
  public static EndpointFacts look(ProbeSpec spec) {
    Opening opening = Opening.of(spec.endpoint(), spec.secrets());
    String addresses = String.join(", ", spec.endpoint().addresses());
    if (opening.end() == null) {
      return nothing(addresses, opening.fault(), Answering.at(spec, opening.fault()));
    }
    try (End end = opening.end()) {
      if (end.front().mode().equals(Answering.SENTINEL)) {
        return nothing(addresses, null, Answering.of(end.front()));
      }
      boolean single = end.front().mode().equals("standalone");
      if (end.given() == Topology.CLUSTER && single) {
        return nothing(
            addresses,
            Fault.fatal(
                FaultCode.NOT_A_CLUSTER, end.front().address() + " is no node of a cluster"),
            Answering.of(end.front()));
      }
      return facts(end);
    } catch (RedisException e) {
      return nothing(addresses, e.fault(), Answering.NOTHING);
    }
  }

  /** Of several masters the sums, or the gravest. */
  private static EndpointFacts facts(End end) throws RedisException {
    Server front = end.front();
    List<Server> masters = end.masters();
    ServerInfo first = masters.get(0).info();
    boolean single = masters.size() == 1;
    TreeMap<Integer, Long> keys = new TreeMap<>();
    TreeSet<String> modules = new TreeSet<>();
    for (Server master : masters) {
      master.info().keysPerDatabase().forEach((db, count) -> keys.merge(db, count, Long::sum));
      modules.addAll(master.modules().names());
    }
    return new EndpointFacts(
        null,
        front.address(),
        first.product(),
        lowestVersion(masters).toString(),
        front.mode(),
        first.role(),
        first.runId(),
        single ? first.replId() : "",
        single ? first.replOffset() : UNKNOWN,
        (int) sum(masters, ServerInfo::connectedReplicas),
        keys,
        sum(masters, ServerInfo::usedMemoryBytes),
        maxMemory(masters),
        policy(masters),
        least(masters, ServerInfo::backlogBytes),
        List.copyOf(modules),
        sum(masters, ServerInfo::commandsPerSecond),
        clockSkew(masters),
        front.connectMillis(),
        end.nodeFacts());
  }

  private static ServerVersion lowestVersion(List<Server> masters) {
    ServerVersion lowest = masters.get(0).version();
    for (Server master : masters) {
      lowest = master.version().atLeast(lowest.major(), lowest.minor()) ? lowest : master.version();
    }
    return lowest;
  }

  private static long sum(List<Server> masters, ToLongFunction<ServerInfo> number) {
    return masters.stream().map(Server::info).mapToLong(number).sum();
  }

  private static long least(List<Server> masters, ToLongFunction<ServerInfo> number) {
    return masters.stream().map(Server::info).mapToLong(number).min().orElse(UNKNOWN);
  }

  /** Without a limit where one master has none. */
  private static long maxMemory(List<Server> masters) throws RedisException {
    long sum = 0;
    boolean unlimited = false;
    for (Server master : masters) {
      OptionalLong limit = master.maxMemoryBytes();
      if (limit.isEmpty()) {
        return UNKNOWN;
      }
      unlimited |= limit.getAsLong() == 0;
      sum += limit.getAsLong();
    }
    return unlimited ? 0 : sum;
  }

  /** The first that evicts, or that is not told. */
  private static String policy(List<Server> masters) throws RedisException {
    for (Server master : masters) {
      if (!master.maxMemoryPolicy().equals("noeviction")) {
        return master.maxMemoryPolicy();
      }
    }
    return "noeviction";
  }

  /** The largest, in either direction. */
  private static long clockSkew(List<Server> masters) {
    long largest = 0;
    for (Server master : masters) {
      if (master.clockSkewMillis().isEmpty()) {
        return UNKNOWN;
      }
      long skew = master.clockSkewMillis().getAsLong();
      largest = Math.abs(skew) > Math.abs(largest) ? skew : largest;
    }
    return largest;
  }

  private static EndpointFacts nothing(String address, Fault fault, Answering found) {
    return new EndpointFacts(
        fault,
        address,
        found.product(),
        found.version(),
        found.mode(),
        "",
        "",
        "",
        UNKNOWN,
        -1,
        Map.of(),
        UNKNOWN,
        UNKNOWN,
        "",
        UNKNOWN,
        List.of(),
        UNKNOWN,
        UNKNOWN,
        UNKNOWN,
        List.of(),
        found.watchedMasters());
  }
}
