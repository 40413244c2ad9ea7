package io.cachesync.agent.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A replica of a service that leaves fields out of its INFO. */
class UpstreamTest {
  private static final String REPLICA =
      "role:slave\r\nmaster_replid:0123456789012345678901234567890123456789\r\n"
          + "slave_repl_offset:100\r\n";

  private final List<String> said = new ArrayList<>();
  private final Upstream upstream =
      new Upstream(
          new RedisClient(
              new RedisEndpoint(Topology.STANDALONE, List.of("127.0.0.1:6379"), "", null), ""),
          Clock.systemUTC(),
          (level, text) -> said.add(level + " " + text));

  @Test
  void saysOnceThatTheMasterIsNotTold() {
    ServerInfo info = ServerInfo.parse(REPLICA + "master_link_status:up\r\n");
    for (int i = 0; i < 3; i++) {
      assertThat(upstream.executedSince(info, 1)).isEqualTo(-1);
    }
    assertThat(said)
        .singleElement()
        .asString()
        .contains("WARN", "does not tell its master", "behind the replica");
  }

  @Test
  void saysThatNoLagCanBeToldWhereItHidesWhetherItHearsItsMaster() {
    String named = REPLICA + "master_host:127.0.0.1\r\nmaster_port:6380\r\n";
    upstream.executedSince(ServerInfo.parse(named), 1);
    upstream.executedSince(ServerInfo.parse(REPLICA), 1);
    assertThat(said).hasSize(2).allMatch(line -> line.contains("no lag can be told"));
  }

  @Test
  void saysNothingOfOneThatTellsAll() {
    String all = "master_host:127.0.0.1\r\nmaster_port:6380\r\nmaster_link_status:down\r\n";
    upstream.executedSince(ServerInfo.parse(REPLICA + all), 1);
    upstream.executedSince(ServerInfo.parse("role:master\r\nmaster_repl_offset:1\r\n"), 1);
    assertThat(said).isEmpty();
  }
}
