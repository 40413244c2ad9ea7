package io.cachesync.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.TlsSpec;
import io.cachesync.contract.Topology;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisUriTest {
  private static final TlsSpec TLS = new TlsSpec("", "");

  @Test
  void readsUserPasswordAndDatabase() {
    RedisUri uri = RedisUri.parse("redis://mig:p%40ss+:word@10.0.0.1:7000/3");
    RedisEndpoint endpoint = uri.endpoint(TLS, Map.of());
    assertThat(endpoint.user()).isEqualTo("mig");
    assertThat(uri.password()).isEqualTo("p@ss+:word");
    assertThat(endpoint.addresses()).containsExactly("10.0.0.1:7000");
    assertThat(uri.database()).hasValue(3);
    assertThat(endpoint.tls()).isNull();
  }

  @Test
  void aUserWhoseVariableIsEmptyIsToldBeforeTheServerRefusesHim() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EndpointArguments.checked("", "SECRET", "mig"))
        .withMessageContaining("the environment variable SECRET is empty");
    assertThat(EndpointArguments.checked("", "SECRET", "")).isEmpty();
    assertThat(EndpointArguments.checked("word", "SECRET", "mig")).isEqualTo("word");
  }

  @Test
  void readsAPasswordWithoutUserAndTheDefaultPort() {
    RedisUri uri = RedisUri.parse("rediss://:secret@cache.example");
    assertThat(uri.password()).isEqualTo("secret");
    assertThat(uri.endpoint(TLS, Map.of()).user()).isEmpty();
    assertThat(uri.endpoint(TLS, Map.of()).addresses()).containsExactly("cache.example:6379");
    assertThat(uri.endpoint(TLS, Map.of()).tls()).isEqualTo(TLS);
    assertThat(uri.database()).isEmpty();
  }

  @Test
  void readsAnIpv6Address() {
    assertThat(RedisUri.parse("redis://[::1]:7000").endpoint(TLS, Map.of()).addresses())
        .containsExactly("[::1]:7000");
  }

  @Test
  void readsAClusterByItsNodes() {
    RedisUri uri = RedisUri.parse("rediss-cluster://mig:secret@10.0.0.1:7000,[::1]:7001,c");
    RedisEndpoint endpoint = uri.endpoint(TLS, Map.of("10.0.0.1:7000", "nat:1"));
    assertThat(uri.isCluster()).isTrue();
    assertThat(endpoint.topology()).isEqualTo(Topology.CLUSTER);
    assertThat(endpoint.addresses()).containsExactly("10.0.0.1:7000", "[::1]:7001", "c:6379");
    assertThat(endpoint.addressMap()).containsExactly(Map.entry("10.0.0.1:7000", "nat:1"));
    assertThat(endpoint.user()).isEqualTo("mig");
    assertThat(endpoint.tls()).isEqualTo(TLS);
    assertThat(RedisUri.parse("redis-cluster://a").endpoint(TLS, Map.of()).tls()).isNull();
    assertThat(uri).hasToString("rediss-cluster://10.0.0.1:7000,[::1]:7001,c:6379");
  }

  @Test
  void readsAMasterByItsSentinels() {
    RedisUri uri = RedisUri.parse("redis-sentinel://:secret@10.0.0.1,b:26380/3?master=a%20b");
    RedisEndpoint endpoint = uri.endpoint(TLS, Map.of());
    assertThat(endpoint.topology()).isEqualTo(Topology.SENTINEL);
    assertThat(endpoint.addresses()).containsExactly("10.0.0.1:26379", "b:26380");
    assertThat(endpoint.masterName()).isEqualTo("a b");
    assertThat(uri.password()).isEqualTo("secret");
    assertThat(uri.database()).hasValue(3);
    assertThat(uri).hasToString("redis-sentinel://10.0.0.1:26379,b:26380/?master=a b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "redis-sentinel://:hunter2@a",
        "redis-sentinel://:hunter2@a/0",
        "redis-sentinel://:hunter2@a/?master=",
        "redis-sentinel://:hunter2@a/x?master=m",
        "redis-cluster://:hunter2@a:1,b:2/0",
        "redis-cluster://:hunter2@a:1,,b:2",
        "redis-cluster://:hunter2@a:1,b:0",
        "redis-clusters://:hunter2@a:1",
        "10.0.0.1:6379",
        "http://:hunter2@host:1",
        "redis://:hunter2@",
        "redis://:hunter2@host:port",
        "redis://:hunter2@host:0",
        "redis://:hunter2@host:1/x",
        "redis://:hunter2@a:1,b:2",
        "redis://:hunter2%zz@host:1"
      })
  void refusesWithoutRepeatingThePassword(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RedisUri.parse(text))
        .withMessageNotContaining("hunter2");
  }
}
