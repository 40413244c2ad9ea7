package io.cachesync.agent.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.agent.resp.RespReader;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.ServerVersion;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RedisClientIT {
  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V6_2", "V7_0", "V7_4"})
  void signsInWithThePasswordAlone(ServerVersion version) throws Exception {
    try (RedisServer server = new RedisServer(version).password("p4ss-w0rd").start()) {
      try (RedisConnection connection = client(server, "", "p4ss-w0rd").connect()) {
        assertThat(connection.passwordUnneeded()).isFalse();
        assertThat(connection.info().version().atLeast(2, 8)).isTrue();
        assertThat(connection.info("replication").isMaster()).isTrue();
        assertThat(Math.abs(connection.timeMillis() - System.currentTimeMillis()))
            .isLessThan(60_000);
      }
      client(server, "default", "p4ss-w0rd").connect().close();
      assertFault(client(server, "", "wrong"), FaultCode.AUTH_FAILED);
      assertFault(client(server, "nobody", "p4ss-w0rd"), FaultCode.AUTH_FAILED);
      try (RedisConnection connection = client(server, "", "").connect()) {
        assertThatThrownBy(() -> connection.call("GET", "a"))
            .isInstanceOfSatisfying(
                RedisException.class,
                e -> assertThat(e.fault().code()).isEqualTo(FaultCode.AUTH_REQUIRED));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V6_2", "V7_0", "V7_4"})
  void saysThatAnOpenServerNeedsNoPassword(ServerVersion version) throws Exception {
    try (RedisServer server = new RedisServer(version).start();
        RedisConnection connection = client(server, "", "needless").connect()) {
      assertThat(connection.passwordUnneeded()).isTrue();
      assertThat(connection.call("PING").text()).isEqualTo("PONG");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V6_2", "V7_0", "V7_4"})
  void signsInAsAUserAndTellsWhatTheUserMayNot(ServerVersion version) throws Exception {
    try (RedisServer server = new RedisServer(version).user("mig", "on >s3cret +ping").start();
        RedisConnection connection = client(server, "mig", "s3cret").connect()) {
      assertThat(connection.call("PING").text()).isEqualTo("PONG");
      assertThatThrownBy(() -> connection.call("GET", "a"))
          .isInstanceOfSatisfying(
              RedisException.class,
              e -> assertThat(e.fault().code()).isEqualTo(FaultCode.NO_PERMISSION));
      assertFault(client(server, "mig", "wrong"), FaultCode.AUTH_FAILED);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V6_2", "V7_4"})
  void signsInAsAUserWhoHasNoPassword(ServerVersion version) throws Exception {
    try (RedisServer server =
        new RedisServer(version)
            .user("mig", "on nopass +acl|whoami")
            .user("other", "on >s3cret +ping")
            .start()) {
      try (RedisConnection connection = client(server, "mig", "").connect()) {
        assertThat(connection.call("ACL", "WHOAMI").text()).isEqualTo("mig");
      }
      assertFault(client(server, "other", ""), FaultCode.AUTH_FAILED);
      client(server, "default", "").connect().close();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V7_4"})
  void pipelinesWithoutATree(ServerVersion version) throws Exception {
    try (RedisServer server = new RedisServer(version).start();
        RedisConnection connection = client(server, "", "").connect()) {
      for (int i = 0; i < 10_000; i++) {
        connection.out().begin(3).arg("SET").arg(i).arg(-i);
      }
      connection.out().command("LPUSH", "1", "x").command("GET", "7");
      connection.flush();
      for (int i = 0; i < 10_000; i++) {
        assertThat(connection.readToken()).isEqualTo(RespReader.SIMPLE);
      }
      assertThat(connection.readToken()).isEqualTo(RespReader.ERROR);
      assertThat(connection.tokenFault().code()).isEqualTo(FaultCode.WRONG_TYPE);
      assertThat(connection.read().integer()).isEqualTo(-7);
    }
  }

  private static void assertFault(RedisClient client, FaultCode code) {
    assertThatThrownBy(client::connect)
        .isInstanceOfSatisfying(
            RedisException.class,
            e -> {
              assertThat(e.fault().code()).isEqualTo(code);
              assertThat(e.getMessage()).doesNotContain("p4ss").doesNotContain("wrong");
            });
  }

  private static RedisClient client(RedisServer server, String user, String password) {
    return new RedisClient(
        new RedisEndpoint(Topology.STANDALONE, List.of(server.address()), user, null), password);
  }
}
