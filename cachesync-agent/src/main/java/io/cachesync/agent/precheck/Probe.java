package io.cachesync.agent.precheck;

import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.contract.EndpointFacts;
import io.cachesync.contract.Fault;
import io.cachesync.contract.ProbeSpec;
import java.util.List;
import java.util.Map;

/** What an endpoint says of itself, as seen from this machine. */
public final class Probe {
  private static final long UNKNOWN = -1;

  private Probe() {}

  /** Asks once; what cannot be reached is a fault in the facts. */
  public static EndpointFacts look(ProbeSpec spec) {
    try (Server server = Server.open(spec.endpoint(), spec.password())) {
      return facts(server);
    } catch (RedisException e) {
      return nothing(String.join(", ", spec.endpoint().addresses()), e.fault());
    }
  }

  private static EndpointFacts facts(Server server) throws RedisException {
    ServerInfo info = server.info();
    return new EndpointFacts(
        null,
        server.address(),
        info.product(),
        info.version().toString(),
        server.mode(),
        info.role(),
        info.runId(),
        info.replId(),
        info.replOffset(),
        info.connectedReplicas(),
        info.keysPerDatabase(),
        info.usedMemoryBytes(),
        server.maxMemoryBytes().orElse(UNKNOWN),
        server.maxMemoryPolicy(),
        info.backlogBytes(),
        server.modules(),
        info.commandsPerSecond(),
        server.clockSkewMillis().orElse(UNKNOWN),
        server.connectMillis(),
        List.of());
  }

  private static EndpointFacts nothing(String address, Fault fault) {
    return new EndpointFacts(
        fault, address, "", "", "", "", "", "", UNKNOWN, -1, Map.of(), UNKNOWN, UNKNOWN, "",
        UNKNOWN, List.of(), UNKNOWN, UNKNOWN, UNKNOWN, List.of());
  }
}
