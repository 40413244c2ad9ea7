package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.Folders;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A target that takes no writes for a while, in the middle of the stream: it is told why, and once
 * that is mended the link goes on from its checkpoint, with each command applied once.
 */
class TargetTroubleIT {
  /** Its disk is full, or its folder is gone: it takes no writes until it can save again. */
  @ParameterizedTest
  @EnumSource(names = {"V2_8", "V6_2", "V7_4"})
  void oneThatCannotSaveItselfIsWaitedFor(ServerVersion version) {
    RedisServer server = new RedisServer(version).option("save", "3600 1000000");
    if (version.atLeast(ServerVersion.V7_0)) {
      server.option("enable-protected-configs", "yes");
    }
    try (RedisServer source = new RedisServer(version).start();
        RedisServer target = server.start()) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      try (RunningLink link = setup.start()) {
        write(source);
        link.awaitCaughtUp();
        Path gone = Folders.create("gone");
        target.config("dir", gone.toString());
        Folders.delete(gone);
        save(target, "err");
        write(source);
        awaitRetry(link, FaultCode.TARGET_REFUSED, "MISCONF");
      }
      // Who starts one sits there.
      try (RunningLink link = setup.start()) {
        endsBy(link, FaultCode.TARGET_REFUSED, "MISCONF");
      }
      target.config("dir", target.folder().toString());
      save(target, "ok");
      goesOn(setup, source, target);
    }
  }

  /** It waits for replicas that acknowledge, and so does the link. */
  @ParameterizedTest
  @EnumSource(names = {"V2_8", "V6_2", "V7_4"})
  void oneThatLacksReplicasIsWaitedFor(ServerVersion version) {
    try (RedisServer source = new RedisServer(version).start();
        RedisServer target = new RedisServer(version).start()) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
      }
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        target.config("min-slaves-to-write", "1");
        write(source);
        awaitRetry(link, FaultCode.TARGET_REFUSED, "NOREPLICAS");
        try (RedisServer replica =
            new RedisServer(version).option("slaveof", "127.0.0.1 " + target.port()).start()) {
          link.awaitCaughtUp();
          write(source);
          link.awaitCaughtUp();
        }
        target.config("min-slaves-to-write", "0");
        finish(link, source, target);
      }
    }
  }

  /** The address leads to what was the master until its replica has taken over, and then there. */
  @ParameterizedTest
  @EnumSource(names = {"V2_8", "V6_2", "V7_4"})
  void oneThatHasHandedOverIsWaitedForUntilTheAddressLeadsOn(ServerVersion version) {
    try (RedisServer source = new RedisServer(version).start();
        RedisServer former = new RedisServer(version).start();
        RedisServer next =
            new RedisServer(version).option("slaveof", "127.0.0.1 " + former.port()).start();
        FaultProxy address = new FaultProxy(former.port());
        Counting counting = new Counting(source)) {
      RunningLink.Setup setup =
          new RunningLink.Setup(source.address(), "127.0.0.1:" + address.port());
      counting.start();
      try (RunningLink link = setup.start()) {
        link.awaitPhase(Phase.INCREMENTAL).awaitApplied(1);
        Awaitility.await().until(() -> follows(next) && hasCheckpoint(next));
        call(next, "SLAVEOF", "NO", "ONE");
        call(former, "SLAVEOF", "127.0.0.1", Integer.toString(next.port()));
        awaitRetry(link, FaultCode.TARGET_READ_ONLY, "replica");
        address.leadTo(next.port());
        counting.stop();
        link.awaitCaughtUp();
      }
      // Who is asked to begin at one has a wrong address.
      address.leadTo(former.port());
      try (RunningLink link = setup.start()) {
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.TARGET_READ_ONLY);
      }
      address.leadTo(next.port());
      goesOn(setup, source, next);
    }
  }

  /** Somebody takes a right away that the precheck has seen. */
  @ParameterizedTest
  @EnumSource(names = {"V6_2", "V7_4"})
  void oneThatTakesARightAwayIsWaitedFor(ServerVersion version) {
    try (RedisServer source = new RedisServer(version).start();
        RedisServer target = new RedisServer(version).start()) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      try (RunningLink link = setup.start()) {
        write(source);
        link.awaitCaughtUp();
        call(target, "ACL", "SETUSER", "default", "-rpush");
        write(source);
        awaitRetry(link, FaultCode.NO_PERMISSION, "rpush");
        call(target, "ACL", "SETUSER", "default", "+rpush");
        link.awaitCaughtUp();
      }
      goesOn(setup, source, target);
    }
  }

  /** What came behind the command was applied: a link that went on would leave it out for ever. */
  @ParameterizedTest
  @EnumSource(names = {"V6_2", "V7_4"})
  void oneThatTakesARightAwayInsideOfATransactionIsNotWaitedFor(ServerVersion version) {
    try (RedisServer source = new RedisServer(version).start();
        RedisServer target = new RedisServer(version).start();
        FaultProxy address = new FaultProxy(target.port())) {
      RunningLink.Setup setup =
          new RunningLink.Setup(source.address(), "127.0.0.1:" + address.port());
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        address.slow(200_000);
        source.pipeline(
            List.of(
                new String[] {"MULTI"},
                new String[] {"RPUSH", "list", "a"},
                new String[] {"SET", "large", RunningLink.noise(2_000_000)},
                new String[] {"EXEC"}));
        // Refused is what was queued before, once it is executed.
        Awaitility.await().until(() -> isInTheMiddleOfATransaction(target));
        call(target, "ACL", "SETUSER", "default", "-rpush");
        address.slow(0);
        endsBy(link, FaultCode.NO_PERMISSION, "RPUSH");
        assertThat(link.wasIn(Phase.RETRYING)).isFalse();
      }
      call(target, "ACL", "SETUSER", "default", "+rpush");
      try (RunningLink link = setup.start()) {
        endsBy(link, FaultCode.NO_PERMISSION, "a command is missing at the target");
      }
    }
  }

  /**
   * While the target is full the source's backlog is overrun many times. What of it that the target
   * has not waits in the relay log, and the link is told to be trying again for as long as it is.
   */
  @Test
  void whatAFullTargetLacksWaitsForLongerThanTheBacklogReaches() {
    try (RedisServer source =
            new RedisServer(ServerVersion.V7_0).option("repl-backlog-size", "16kb").start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start()) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      try (RunningLink link = setup.start()) {
        write(source);
        link.awaitCaughtUp();
      }
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        target.config("maxmemory", "1");
        write(source);
        awaitRetry(link, FaultCode.TARGET_OUT_OF_MEMORY, "OOM");
        for (int i = 0; i < 200; i++) {
          source.pipeline(List.<String[]>of(new String[] {"APPEND", "text", "x".repeat(1_000)}));
        }
        awaitTries(link);
        link.direct(Desired.PAUSE);
        link.awaitPhase(Phase.PAUSED);
        link.direct(Desired.RUN);
        awaitTries(link);
        assertThat(link.said())
            .as("a pause does not mend it")
            .filteredOn(line -> line.contains("phase INCREMENTAL"))
            .hasSize(1);
        target.config("maxmemory", "0");
        finish(link, source, target);
      }
    }
  }

  /** The password of the user is changed: what is connected goes on, what connects is refused. */
  @Test
  void oneThatChangesItsPasswordStopsTheLinkWhenItConnectsAgain() {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        FaultProxy address = new FaultProxy(target.port())) {
      RunningLink.Setup setup =
          new RunningLink.Setup(source.address(), "127.0.0.1:" + address.port());
      try (RunningLink link = setup.start()) {
        write(source);
        link.awaitCaughtUp();
        target.config("requirepass", "changed");
        address.cut();
        write(source);
        endsBy(link, FaultCode.AUTH_REQUIRED, "NOAUTH");
      }
      try (RespClient client = target.client()) {
        client.call("AUTH", "changed");
        client.call("CONFIG", "SET", "requirepass", "");
      }
      goesOn(setup, source, target);
    }
  }

  /** What shows a command that is applied twice, or not at all. */
  private static void write(RedisServer source) {
    source.pipeline(
        List.of(
            new String[] {"RPUSH", "list", "a", "b"},
            new String[] {"INCR", "counter"},
            new String[] {"APPEND", "text", "abc"},
            new String[] {"SET", "key", "v"}));
  }

  private static void save(RedisServer server, String status) {
    try (RespClient client = server.client()) {
      client.call("BGSAVE");
      Awaitility.await()
          .until(() -> client.info("persistence").get("rdb_last_bgsave_status").equals(status));
    }
  }

  private static boolean follows(RedisServer replica) {
    try (RespClient client = replica.client()) {
      return "up".equals(client.info("replication").get("master_link_status"));
    }
  }

  private static boolean hasCheckpoint(RedisServer server) {
    try (RespClient client = server.client()) {
      return client.number("EXISTS", "cachesync:ckpt:{0}:task:0.0") == 1;
    }
  }

  /** Some of it is queued, and of its next command there is a part. */
  private static boolean isInTheMiddleOfATransaction(RedisServer server) {
    try (RespClient client = server.client()) {
      return client
          .text("CLIENT", "LIST")
          .lines()
          .anyMatch(line -> line.matches(".* multi=[1-9].*") && line.matches(".* qbuf=\\d{4,} .*"));
    }
  }

  private static void call(RedisServer server, String... command) {
    try (RespClient client = server.client()) {
      client.call(command);
    }
  }

  private static void endsBy(RunningLink link, FaultCode code, String words) {
    assertThat(link.end().fault().code()).as("%s", link.said()).isEqualTo(code);
    assertThat(link.end().fault().message()).contains(words);
  }

  /** Until it is mended the link is told to be trying again, and by no try to go on. */
  private static void awaitRetry(RunningLink link, FaultCode code, String words) {
    awaitRunning(
        link,
        () ->
            link.said().stream()
                .anyMatch(
                    line ->
                        line.contains("RETRYING")
                            && line.contains("code=" + code + ",")
                            && line.contains(words)));
    awaitTries(link);
    assertThat(link.said().stream().dropWhile(line -> !line.startsWith("phase RETRYING")))
        .filteredOn(line -> line.startsWith("phase "))
        .as("%s", link.said())
        .allMatch(line -> line.contains("RETRYING"));
  }

  private static void awaitTries(RunningLink link) {
    long tries = link.status().retries();
    awaitRunning(link, () -> link.status().retries() > tries + 1);
  }

  private static void awaitRunning(RunningLink link, BooleanSupplier condition) {
    Awaitility.await()
        .failFast("it has ended", () -> link.link().outcome().isPresent())
        .until(condition::getAsBoolean);
  }

  private static void goesOn(RunningLink.Setup setup, RedisServer source, RedisServer target) {
    write(source);
    try (RunningLink link = setup.start()) {
      finish(link, source, target);
    }
  }

  private static void finish(RunningLink link, RedisServer source, RedisServer target) {
    link.awaitCaughtUp();
    assertThat(link.wasIn(Phase.FULL_SYNC)).as("%s", link.said()).isFalse();
    assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
    assertThat(link.status().ledger().balanced()).isTrue();
    assertThat(target.digest()).isEqualTo(source.digest());
  }
}
