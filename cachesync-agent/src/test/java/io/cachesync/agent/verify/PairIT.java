package io.cachesync.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.agent.redis.RedisClient;
import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.CheckReport;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.LimitSpec;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a check does where a side answers otherwise than a key's type lets expect. */
class PairIT {
  @RegisterExtension static final RedisServer PLAIN = new RedisServer(ServerVersion.V7_4);

  @RegisterExtension
  static final RedisServer WITHOUT_XINFO =
      new RedisServer(ServerVersion.V6_2).option("rename-command", "XINFO \"\"");

  @BeforeEach
  void empty() {
    PLAIN.flush();
    WITHOUT_XINFO.flush();
  }

  @Test
  void nothingIsReadBehindAKeyThatBecameSomethingElse() throws Exception {
    call(WITHOUT_XINFO, "SET", "changed", "a string");
    call(PLAIN, "RPUSH", "changed", "a", "list");
    call(WITHOUT_XINFO, "SET", "next", "v");
    call(PLAIN, "SET", "next", "v");
    try (Wire source = met(WITHOUT_XINFO).wire();
        Wire target = met(PLAIN).wire()) {
      Pair pair = new Pair(source, target, 2000, true);
      pair.of(key("changed"), key("changed"));
      assertThatThrownBy(() -> pair.ask("LLEN")).isInstanceOf(KeyChanged.class);
      pair.of(key("next"), key("next"));
      Pair.Both types = pair.ask("TYPE");
      assertThat(types.source().text()).isEqualTo("string");
      assertThat(types.target().text()).isEqualTo("string");
    }
  }

  @Test
  void aCommandThatAServerDoesNotHaveIsNotSettling() {
    for (RedisServer server : List.of(WITHOUT_XINFO, PLAIN)) {
      call(server, "XADD", "stream", "1-1", "f", "v");
    }
    CheckReport report = Checked.between(WITHOUT_XINFO, PLAIN).run().report();
    assertThat(report.phase()).isEqualTo(CheckPhase.FAILED);
    assertThat(report.fault().message()).contains("unknown command", "XINFO");
  }

  @Test
  void aResultThatCannotBeWrittenIsAFault() {
    call(WITHOUT_XINFO, "SET", "k", "v");
    CheckReport report =
        new Check(
                Checked.between(WITHOUT_XINFO, PLAIN).spec(),
                new JobSecrets("", "", ""),
                difference -> {
                  throw new UncheckedIOException(new IOException("no space"));
                },
                null,
                Clock.systemUTC())
            .run();
    assertThat(report.phase()).isEqualTo(CheckPhase.FAILED);
    assertThat(report.fault().code()).isEqualTo(FaultCode.DISK_FULL);
  }

  private static Side met(RedisServer server) throws IOException {
    Side side = new Side("side", new RedisClient(Checked.endpoint(server), ""), LimitSpec.none());
    side.meet("cachesync:");
    return side;
  }

  private static void call(RedisServer server, String... words) {
    try (RespClient client = server.client()) {
      client.call(words);
    }
  }

  private static byte[] key(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }
}
