package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Desired;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A source is brought to a newer version as is usual: a replica of that version takes its place.
 * What a command means is told by the version that has written it, which is not that of the server
 * that sends it.
 */
class SourceUpgradeIT {
  /** The claim of an entry that is gone: 6.2 keeps it pending, 7.0 does not. */
  private static final String[] CLAIM = {"XCLAIM", "st", "g", "two", "0", "1-1"};

  /** What it makes of a few elements is long up to 3.2 only, and the same at both of these. */
  private static final String[] MERGE = {"PFMERGE", "merged", "hll"};

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V6_2);

  private RedisServer former;
  private RedisServer next;
  private FaultProxy address;

  @BeforeEach
  void begin() {
    TARGET.flush();
    former = new RedisServer(ServerVersion.V6_2).start();
    next =
        new RedisServer(ServerVersion.V7_0)
            .option("replicaof", "127.0.0.1 " + former.port())
            .start();
    address = new FaultProxy(former.port());
    Awaitility.await().until(() -> replication(next, "master_link_status").equals("up"));
  }

  @AfterEach
  void end() {
    address.close();
    former.close();
    next.close();
  }

  @Test
  void isFollowedWhileTheLinkRuns() {
    try (RunningLink link = setup().start()) {
      link.awaitCaughtUp();
      pend(former);
      failOver();
      call(next, CLAIM);
      call(next, MERGE);
      link.awaitCaughtUp();
      assertThat(pending(next)).isZero();
      assertThat(pending(TARGET)).isZero();
      assertThat(link.healed(HealReason.OLDER_TARGET)).as("said, not fetched").isZero();
      finish(link);
    }
    DatasetComparer.assertEqual(next, TARGET);
  }

  /** The new one has in its backlog what the former has written, and the link was not there. */
  @Test
  void isFollowedWhereItComesWhileNobodyLooks() {
    RunningLink.Setup setup = setup();
    setup.start().awaitCaughtUp().stop();
    pend(former);
    call(former, MERGE);
    failOver();
    call(next, CLAIM);
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      assertThat(pending(TARGET)).isZero();
      assertThat(link.healed(HealReason.OLDER_TARGET)).as("whose it was is not known").isPositive();
      finish(link);
    }
    DatasetComparer.assertEqual(next, TARGET);
  }

  /** What was received waits in the relay log, over the end of the process. */
  @Test
  void leavesWhatWasReceivedBeforeToTheVersionThatHasWrittenIt() {
    RunningLink.Setup setup = setup();
    RunningLink link = setup.start();
    link.awaitCaughtUp();
    pend(former);
    call(former, MERGE);
    link.awaitCaughtUp();
    link.direct(Desired.PAUSE);
    link.awaitPhase(Phase.PAUSED);
    call(former, CLAIM);
    call(former, MERGE);
    awaitReceived(link, former);
    failOver();
    call(next, MERGE);
    awaitReceived(link, next);
    link.crash();
    setup.desired = Desired.RUN;
    try (RunningLink again = setup.start()) {
      again.awaitCaughtUp();
      assertThat(pending(TARGET)).as("as its master had it").isEqualTo(1);
      assertThat(again.healed(HealReason.OLDER_TARGET)).as("each was known").isZero();
      // The new one had it otherwise, as a replica of the former already.
      call(next, "DEL", "st");
      finish(again);
    }
    DatasetComparer.assertEqual(next, TARGET);
  }

  /** Up to 6.2 a time to live is told as so many seconds from when it was set. */
  @Test
  void doesNotCountATimeAnewThatTheFormerHasSet() {
    RunningLink.Setup setup = setup();
    setup.graceMillis = 0;
    setup.start().awaitCaughtUp().stop();
    call(former, "SET", "session", "x");
    call(former, "EXPIRE", "session", "1000");
    Awaitility.await().until(() -> ttlMillis(former) < 998_000);
    failOver();
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      assertThat(endMillis(TARGET)).isLessThanOrEqualTo(endMillis(next) + 500);
      finish(link);
    }
  }

  /** What a replica sends is its master's, also once that is another. */
  @Test
  void isToldOfTheMasterWhereTheSourceIsAReplica() {
    RunningLink.Setup setup = setup();
    address.leadTo(next.port());
    RunningLink link = setup.start();
    link.awaitCaughtUp();
    pend(former);
    call(former, CLAIM);
    call(former, MERGE);
    Awaitility.await().until(() -> next.replOffset() == former.replOffset());
    link.awaitCaughtUp();
    // By its own words the replica has not kept it: its master counts.
    assertThat(pending(former)).isEqualTo(1);
    assertThat(pending(TARGET)).isEqualTo(1);
    assertThat(link.healed(HealReason.OLDER_TARGET)).isZero();
    failOver();
    call(next, "DEL", "st");
    pend(next);
    call(next, CLAIM);
    link.awaitCaughtUp();
    assertThat(pending(TARGET)).isZero();
    finish(link);
    DatasetComparer.assertEqual(next, TARGET);
  }

  @Test
  void isNotKnownWhereTheMasterOfTheSourceCannotBeAsked() {
    address.leadTo(next.port());
    call(next, "CONFIG", "SET", "masterauth", "secret");
    call(former, "CONFIG", "SET", "requirepass", "secret");
    try (RunningLink link = setup().start()) {
      link.awaitCaughtUp();
      try (RespClient client = former.client()) {
        client.call("AUTH", "secret");
        client.call("PFADD", "hll", "a", "b", "c");
        client.call(MERGE);
        client.call("CONFIG", "SET", "requirepass", "");
      }
      Awaitility.await().until(() -> next.replOffset() == former.replOffset());
      link.awaitCaughtUp();
      assertThat(link.healed(HealReason.OLDER_TARGET)).isEqualTo(1);
      finish(link);
    }
    DatasetComparer.assertEqual(next, TARGET);
  }

  private RunningLink.Setup setup() {
    return new RunningLink.Setup("127.0.0.1:" + address.port(), TARGET.address());
  }

  private static void pend(RedisServer server) {
    for (String line :
        List.of(
            "XADD st 1-1 f v",
            "XADD st 2-1 f v",
            "XGROUP CREATE st g 0",
            "XREADGROUP GROUP g one COUNT 1 STREAMS st >",
            "XDEL st 1-1",
            "PFADD hll a b c")) {
      call(server, line.split(" "));
    }
  }

  /** The former master is gone, as by a power cut. */
  private void failOver() {
    Awaitility.await().until(() -> next.replOffset() == former.replOffset());
    former.kill();
    call(next, "REPLICAOF", "NO", "ONE");
    address.leadTo(next.port());
    address.cut();
  }

  private static void finish(RunningLink link) {
    assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
    assertThat(link.status().ledger().balanced()).isTrue();
    assertThat(link.status().deadLetters()).isEmpty();
  }

  private static void awaitReceived(RunningLink link, RedisServer from) {
    long written = from.replOffset();
    Awaitility.await().until(() -> link.status().receivedOffset() >= written);
  }

  private static long pending(RedisServer server) {
    try (RespClient client = server.client()) {
      return (Long) client.list("XPENDING", "st", "g").get(0);
    }
  }

  private static long ttlMillis(RedisServer server) {
    try (RespClient client = server.client()) {
      return client.number("PTTL", "session");
    }
  }

  /** When the session ends, by the clock of this host. */
  private static long endMillis(RedisServer server) {
    try (RespClient client = server.client()) {
      client.call("MULTI");
      client.call("TIME");
      client.call("PTTL", "session");
      List<Object> both = client.list("EXEC");
      List<?> time = (List<?>) both.get(0);
      return Long.parseLong((String) time.get(0)) * 1_000
          + Long.parseLong((String) time.get(1)) / 1_000
          + (Long) both.get(1);
    }
  }

  private static String replication(RedisServer server, String field) {
    try (RespClient client = server.client()) {
      return client.info("replication").getOrDefault(field, "");
    }
  }

  private static void call(RedisServer server, String... command) {
    try (RespClient client = server.client()) {
      client.call(command);
    }
  }
}
