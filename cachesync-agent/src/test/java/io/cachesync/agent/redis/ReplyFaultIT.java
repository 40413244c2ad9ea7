package io.cachesync.agent.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.contract.FaultCode;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReplyFaultIT {
  /** Its commands were queued by a master; 3.2 and before run them all the same. */
  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V6_0", "V6_2", "V7_0", "V7_4"})
  void aTransactionIsRefusedByAServerThatBecameAReplicaInItsMiddle(ServerVersion version)
      throws Exception {
    try (RedisServer server = new RedisServer(version).start();
        RespClient other = server.client();
        RedisConnection connection = client(server).connect()) {
      connection.call("MULTI");
      connection.call("SET", "key", "value");
      // The master does not exist: the replica only refuses writes.
      other.call("SLAVEOF", "127.0.0.1", "1");
      assertThatThrownBy(() -> connection.call("EXEC"))
          .isInstanceOfSatisfying(
              RedisException.class,
              e -> assertThat(e.fault().code()).isEqualTo(FaultCode.TARGET_READ_ONLY));
      other.call("SLAVEOF", "NO", "ONE");
      assertThat(connection.call("EXISTS", "key").text()).isEqualTo("0");
    }
  }

  private static RedisClient client(RedisServer server) {
    return new RedisClient(
        new RedisEndpoint(Topology.STANDALONE, List.of(server.address()), "", null), "");
  }
}
