package io.cachesync.agent.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.SentinelServers;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SentinelFinderIT {
  @Test
  void findsTheMasterThatTheNewestConfigurationTells() throws Exception {
    try (SentinelServers servers = SentinelServers.patient(ServerVersion.V6_2)) {
      RedisClient client = client(SentinelServers.NAME, servers.addresses());
      RedisServer first = servers.master();
      assertThat(client.node().toString()).isEqualTo(first.address());

      RedisClient byOne = client(SentinelServers.NAME, List.of(servers.addresses().get(0)));
      assertThat(byOne.node().toString()).isEqualTo(first.address());
      servers.failOver();
      assertThat(client.node().toString()).isEqualTo(servers.master().address());
      assertThat(servers.master().address()).isNotEqualTo(first.address());
      try (RedisConnection connection = client.connect()) {
        assertThat(connection.info("replication").isMaster()).isTrue();
      }

      // One that was cut off still tells the former master.
      try (RedisServer other = new RedisServer(ServerVersion.V6_2).start();
          RedisServer cutOff = SentinelServers.watching(other)) {
        List<String> all = new ArrayList<>(List.of(cutOff.address()));
        all.addAll(servers.addresses());
        assertThat(client(SentinelServers.NAME, all).node().toString())
            .isEqualTo(servers.master().address());
      }

      // The others are known by the one that was given, and stand in for it.
      servers.sentinels().get(0).kill();
      assertThat(byOne.node().toString()).isEqualTo(servers.master().address());
    }
  }

  @Test
  void saysWhatIsWrongWithTheNameOrTheAddress() throws Exception {
    try (SentinelServers servers = SentinelServers.patient(ServerVersion.V7_0)) {
      assertThatThrownBy(client("sessions", servers.addresses())::connect)
          .hasMessageContaining("watches no master 'sessions'; it watches " + SentinelServers.NAME);
      assertThatThrownBy(client(SentinelServers.NAME, List.of(servers.master().address()))::connect)
          .hasMessageContaining("is no sentinel");
      String wrong = "127.0.0.1:" + RedisServer.freePort();
      Map<String, String> map = Map.of(servers.master().address(), wrong);
      RedisEndpoint mapped =
          new RedisEndpoint(
              Topology.SENTINEL, servers.addresses(), "", null, map, SentinelServers.NAME);
      assertThat(new RedisClient(mapped, "").node().toString()).isEqualTo(wrong);
    }
  }

  @Test
  void asksSentinelsThatHaveAPasswordOfTheirOwn() throws Exception {
    try (RedisServer master = new RedisServer(ServerVersion.V7_0).start();
        RedisServer sentinel = SentinelServers.watching(master, "guard-secret")) {
      RedisEndpoint endpoint =
          new RedisEndpoint(
              Topology.SENTINEL,
              List.of(sentinel.address()),
              "",
              null,
              Map.of(),
              SentinelServers.NAME);
      EndpointSecrets secrets = new EndpointSecrets("", "guard-secret");
      try (RedisConnection connection = new RedisClient(endpoint, secrets).connect()) {
        assertThat(connection.address().toString()).isEqualTo(master.address());
      }
      assertThatThrownBy(new RedisClient(endpoint, "")::connect)
          .isInstanceOfSatisfying(
              RedisException.class,
              e -> assertThat(e.fault().code()).isEqualTo(FaultCode.AUTH_REQUIRED));
    }
  }

  private static RedisClient client(String name, List<String> sentinels) {
    RedisEndpoint endpoint =
        new RedisEndpoint(Topology.SENTINEL, sentinels, "", null, Map.of(), name);
    return new RedisClient(endpoint, "");
  }
}
