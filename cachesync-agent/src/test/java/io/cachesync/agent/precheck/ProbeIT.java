package io.cachesync.agent.precheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.EndpointFacts;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.ProbeSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.SentinelServers;
import io.cachesync.testkit.ServerVersion;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProbeIT {
  @Test
  void saysWhatAnAddressIsThatWasGivenAsSomethingElse() {
    try (RedisServer server = new RedisServer(ServerVersion.V7_0).start();
        RedisServer sentinel = SentinelServers.watching(server)) {
      EndpointFacts found = look(Topology.STANDALONE, sentinel, "", "");
      assertThat(found.fault()).isNull();
      assertThat(found.mode()).isEqualTo("sentinel");
      assertThat(found.watchedMasters()).containsExactly(SentinelServers.NAME);

      // A login that is the master's means nothing to a sentinel.
      found = look(Topology.CLUSTER, sentinel, "", "mig");
      assertThat(found.fault().code()).isEqualTo(FaultCode.AUTH_FAILED);
      assertThat(found.watchedMasters()).containsExactly(SentinelServers.NAME);

      found = look(Topology.SENTINEL, sentinel, "sessions", "");
      assertThat(found.fault().code()).isEqualTo(FaultCode.ADDRESS_UNKNOWN);
      assertThat(found.watchedMasters()).containsExactly(SentinelServers.NAME);

      found = look(Topology.SENTINEL, server, SentinelServers.NAME, "");
      assertThat(found.fault().code()).isEqualTo(FaultCode.NOT_STANDALONE);
      assertThat(found.mode()).isEqualTo("standalone");

      found = look(Topology.SENTINEL, sentinel, SentinelServers.NAME, "");
      assertThat(found.fault()).isNull();
      assertThat(found.address()).isEqualTo(server.address());
      assertThat(found.watchedMasters()).isEmpty();
    }
  }

  private static EndpointFacts look(
      Topology topology, RedisServer server, String masterName, String user) {
    return Probe.look(
        new ProbeSpec(
            new RedisEndpoint(
                topology, List.of(server.address()), user, null, Map.of(), masterName),
            user.isEmpty() ? "" : "s3cret"));
  }
}
