package io.cachesync.web.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.TlsSpec;
import io.cachesync.contract.Topology;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskConfigsTest {
  @Test
  void theCommandLineTakesTheUserForAUserAndNothingForTheShell() {
    assertThat(TaskConfigs.uri(endpoint("", null))).isEqualTo("redis://10.0.0.1:6379");
    assertThat(TaskConfigs.uri(endpoint("mover", null))).isEqualTo("redis://mover:@10.0.0.1:6379");
    assertThat(TaskConfigs.uri(endpoint("a b;$(x)", new TlsSpec("", ""))))
        .isEqualTo("rediss://a%20b%3B%24%28x%29:@10.0.0.1:6379");
  }

  private static RedisEndpoint endpoint(String user, TlsSpec tls) {
    return new RedisEndpoint(Topology.STANDALONE, List.of("10.0.0.1:6379"), user, tls);
  }
}
