package io.cachesync.web.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.TlsSpec;
import io.cachesync.contract.Topology;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TaskConfigsTest {
  @Test
  void theCommandLineTakesTheUserForAUserAndNothingForTheShell() {
    assertThat(TaskConfigs.uri(endpoint("", null))).isEqualTo("redis://10.0.0.1:6379");
    assertThat(TaskConfigs.uri(endpoint("mover", null))).isEqualTo("redis://mover:@10.0.0.1:6379");
    assertThat(TaskConfigs.uri(endpoint("a b;$(x)", new TlsSpec("", ""))))
        .isEqualTo("rediss://a%20b%3B%24%28x%29:@10.0.0.1:6379");
  }

  @Test
  void theCommandLineNamesAClusterAndWhereItsNodesAreReached() {
    RedisEndpoint cluster =
        new RedisEndpoint(
            Topology.CLUSTER,
            List.of("10.0.0.1:7000", "[::1]:7001"),
            "",
            new TlsSpec("", ""),
            Map.of("10.9.0.1:7000", "10.0.0.1:7000"));
    assertThat(TaskConfigs.uri(cluster)).isEqualTo("rediss-cluster://10.0.0.1:7000,[::1]:7001");
    assertThat(TaskConfigs.addressMap("--target-address-map", List.of(cluster)))
        .containsExactly("--target-address-map 10.9.0.1:7000=10.0.0.1:7000");
    assertThat(TaskConfigs.addressMap("--source-address-map", List.of(endpoint("", null))))
        .isEmpty();
    assertThat(
            TaskConfigs.addressMap(
                "--source-address-map", List.of(endpoint("", null), cluster, cluster)))
        .containsExactly("--source-address-map 10.9.0.1:7000=10.0.0.1:7000");
  }

  @Test
  void theCommandLineNamesSentinelsAndTheirMaster() {
    RedisEndpoint sentinels =
        new RedisEndpoint(
            Topology.SENTINEL, List.of("s1:26379", "s2:26379"), "mig", null, Map.of(), "a b&$(x)");
    assertThat(TaskConfigs.uri(sentinels))
        .isEqualTo("redis-sentinel://mig:@s1:26379,s2:26379/?master=a%20b%26%24%28x%29");
  }

  private static RedisEndpoint endpoint(String user, TlsSpec tls) {
    return new RedisEndpoint(Topology.STANDALONE, List.of("10.0.0.1:6379"), user, tls);
  }
}
