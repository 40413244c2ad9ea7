package io.cachesync.agent.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerInfoTest {
  private static final String INFO =
      """
      # Server\r
      redis_version:7.2.4\r
      server_name:valkey\r
      valkey_version:8.0.1\r
      redis_mode:standalone\r
      run_id:aaaa\r
      \r
      # Replication\r
      role:master\r
      connected_slaves:2\r
      master_replid:bbbb\r
      master_repl_offset:123456789012\r
      repl_backlog_active:1\r
      repl_backlog_size:1048576\r
      module:name=search,ver=20811\r
      module:name=bf,ver=20609\r
      # Keyspace\r
      db0:keys=12,expires=3,avg_ttl=0\r
      db15:keys=7,expires=0,avg_ttl=0\r
      """;

  @Test
  void tellsProductVersionRoleAndKeys() {
    ServerInfo info = ServerInfo.parse(INFO);
    assertThat(info.product()).isEqualTo("valkey");
    assertThat(info.version()).isEqualTo(new ServerVersion(8, 0, 1));
    assertThat(info.replId()).isEqualTo("bbbb");
    assertThat(info.runId()).isEqualTo("aaaa");
    assertThat(info.replOffset()).isEqualTo(123456789012L);
    assertThat(info.isMaster()).isTrue();
    assertThat(info.masterLinkUp()).isTrue();
    assertThat(info.connectedReplicas()).isEqualTo(2);
    assertThat(info.backlogActive()).isTrue();
    assertThat(info.keysPerDatabase()).isEqualTo(Map.of(0, 12L, 15, 7L));
    assertThat(info.modules()).hasSize(2).first().isEqualTo("name=search,ver=20811");
    assertThat(info.usedMemoryBytes()).isEqualTo(ServerInfo.UNKNOWN);
    assertThat(info.maxMemoryPolicy()).isEmpty();
  }

  @Test
  void takesTheRunIdWhereThereIsNoReplicationId() {
    ServerInfo info = ServerInfo.parse("redis_version:2.8.19\r\nrun_id:cccc\r\nrole:slave\r\n");
    assertThat(info.replId()).isEqualTo("cccc");
    assertThat(info.masterLinkUp()).isFalse();
    assertThat(info.product()).isEqualTo("redis");
  }

  @ParameterizedTest
  @CsvSource({
    "2.8.19, 6",
    "3.0.7, 6",
    "3.2.5, 7",
    "4.0.14, 8",
    "5.0.14, 9",
    "6.2.7, 9",
    "7.0.15, 10",
    "7.2.6, 11",
    "7.4.1, 12",
    "7.9.224, 12",
    "8.0.0, 12",
    "8.4.0, 12",
    "8.6.3, 13"
  })
  void knowsWhichSnapshotsAServerLoads(String version, int rdbVersion) {
    assertThat(ServerInfo.parse("redis_version:" + version).rdbVersion()).isEqualTo(rdbVersion);
    assertThat(ServerVersion.parse(version)).hasToString(version);
  }

  @ParameterizedTest
  @CsvSource({
    "redis_version:7.0.15, 700",
    "redis_version:7.9.224, 800",
    "redis_version:8.2.1, 802",
    "valkey_version:8.0.1, 702",
    "valkey_version:9.0.0, 704"
  })
  void knowsWhoseCommandsAServerHas(String info, int level) {
    assertThat(ServerInfo.parse(info).commandLevel()).isEqualTo(level);
  }

  @ParameterizedTest
  @CsvSource({
    "redis_version:8.2.1, false",
    "valkey_version:8.0.1, false",
    "valkey_version:8.1.1, true",
    "valkey_version:9.0.0, true"
  })
  void knowsWhoHasImportMode(String info, boolean has) {
    assertThat(ServerInfo.parse(info).knowsImportMode()).isEqualTo(has);
  }

  @Test
  void knowsAClusterOfValkey() {
    String info = "redis_version:7.2.4\r\nvalkey_version:8.1.1\r\nserver_mode:cluster\r\n";
    assertThat(ServerInfo.parse(info).mode()).isEqualTo("cluster");
  }

  @Test
  void comparesVersionsByNumber() {
    assertThat(ServerVersion.parse("6.10.0")).isGreaterThan(ServerVersion.parse("6.9.12"));
    assertThat(ServerVersion.parse("255.255.255-dev").atLeast(7, 4)).isTrue();
    assertThat(ServerVersion.parse("nonsense")).isEqualTo(new ServerVersion(0, 0, 0));
  }
}
