package io.cachesync.agent.fullcheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.CheckReport;
import io.cachesync.contract.JobSecrets;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * On real servers, with the program that {@code cachesync.redis-full-check} names; without it the
 * stand-in says what that program would find here.
 */
class FullCheckIT {
  @RegisterExtension
  static final RedisServer SOURCE = new RedisServer(ServerVersion.V6_2).password("s3cret");

  @RegisterExtension
  static final RedisServer TARGET = new RedisServer(ServerVersion.V6_2).password("t4rget");

  @TempDir private Path folder;
  @TempDir private Path work;

  @Test
  void findsWhatIsUnlikeAndSaysSoInItsResultOnly() {
    for (RedisServer server : List.of(SOURCE, TARGET)) {
      try (RespClient client = server.client()) {
        client.call("SET", "same", "1");
        client.call("SET", "text", server == SOURCE ? "one" : "two");
        client.call("HSET", "user", "name", server == SOURCE ? "Ann" : "Bob", "age", "7");
        client.call("ZADD", "board", "1", "bob");
        if (server == SOURCE) {
          client.call("SET", "gone", "away");
          client.call("ZADD", "board", "2", "ann");
          client.call("RPUSH", "list", "a");
        } else {
          client.call("SET", "list", "a");
        }
      }
    }
    String real = System.getProperty("cachesync.redis-full-check", "");
    Path program = real.isBlank() ? new StandIn(folder).program() : Path.of(real);
    List<CheckDifference> found = new CopyOnWriteArrayList<>();
    CheckReport end =
        new FullCheck(
                StandIn.spec(
                    program, StandIn.end(SOURCE.address(), ""), StandIn.end(TARGET.address(), "")),
                new JobSecrets("", "s3cret", "t4rget"),
                work,
                found::add,
                line -> assertThat(line).doesNotContain("s3cret", "t4rget"),
                Clock.systemUTC())
            .run();
    assertThat(end.phase()).as("%s", end.fault()).isEqualTo(CheckPhase.DONE);
    assertThat(found)
        .extracting(CheckDifference::key)
        .containsOnly("text", "gone", "user", "board", "list");
    assertThat(end.differentKeys()).isEqualTo(5);
  }
}
