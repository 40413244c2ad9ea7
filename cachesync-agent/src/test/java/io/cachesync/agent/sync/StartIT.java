package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.SyncMode;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the starts of a link behind its first one may do, and what ends without applying. */
class StartIT {
  /** A PING that comes while a link runs would be something of the stream that it has applied. */
  @RegisterExtension
  static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0).withoutPings();

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  /** Nothing listens there. */
  private static final String NOWHERE = "127.0.0.1:1";

  private final RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);

  @BeforeEach
  void runAndStop() {
    SOURCE.flush();
    TARGET.flush();
    write("before");
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      assertThat(link.stop().phase()).isEqualTo(Phase.STOPPED);
    }
    write("after");
  }

  /** Its machine cannot be asked: what it does not see is that it was stopped. */
  @Test
  void aStartThatOnlyStopsFencesTheFormerWriterAndLeavesTheCheckpoint() {
    RunningLink.Setup stop = RunningLink.between(SOURCE, TARGET);
    stop.startMode = StartMode.MUST_RESUME;
    stop.desired = Desired.STOP;
    setup.startMode = StartMode.MUST_RESUME;
    try (RunningLink former = setup.start()) {
      former.awaitCaughtUp();
      try (RunningLink link = stop.start()) {
        assertThat(link.end().phase()).isEqualTo(Phase.STOPPED);
      }
      write("too late");
      assertThat(former.end().fault().code()).isEqualTo(FaultCode.FENCED);
    }
    assertThat(exists("too late")).isFalse();
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      assertThat(link.wasIn(Phase.FULL_SYNC)).isFalse();
    }
    assertThat(exists("too late")).isTrue();
  }

  @Test
  void aStartThatOnlyStopsGoesOnUntilItReachesTheTargetOrIsToldAgain() {
    RunningLink.Setup away = new RunningLink.Setup(SOURCE.address(), NOWHERE);
    away.desired = Desired.STOP;
    try (RunningLink link = away.start()) {
      Awaitility.await().until(() -> link.wasIn(Phase.RETRYING));
      link.direct(Desired.STOP);
      assertThat(link.end().fault().retryable()).isTrue();
    }
  }

  /** Its thread may not have run yet: a link that was started to apply does not begin to fence. */
  @Test
  void oneThatIsToldToStopRightBehindItsStartEnds() {
    for (int attempt = 0; attempt < 100; attempt++) {
      try (RunningLink link = new RunningLink.Setup(SOURCE.address(), NOWHERE).start()) {
        assertThat(link.stop().phase()).as("%s", link.said()).isEqualTo(Phase.STOPPED);
      }
    }
  }

  @Test
  void goesOnWhereItMust() {
    setup.startMode = StartMode.MUST_RESUME;
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      assertThat(link.wasIn(Phase.FULL_SYNC)).isFalse();
      assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
    }
    assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
  }

  /** One that was killed while it claimed has left its lock, here for ever. */
  @Test
  void waitsForNoClaimOfAFormerStart() {
    TARGET.flush();
    try (RespClient target = TARGET.client()) {
      target.call("SET", "cachesync:lock", "n0nce task");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(target.number("EXISTS", "cachesync:lock")).isZero();
      }
    }
  }

  /** Another task that was killed while it claimed leaves its lock for half a minute. */
  @Test
  void stopsWhileItWaitsForAnothersClaim() {
    TARGET.flush();
    try (RespClient target = TARGET.client();
        RunningLink link = startBehind(target, "cachesync:lock")) {
      // Its first try may still be under way then, but it was refused: the lock is another's.
      long before = target.calls("set");
      Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> target.calls("set") > before);
      link.direct(Desired.STOP);
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> link.status().phase() == Phase.STOPPED);
    }
  }

  @Test
  void tellsWhyAClaimIsRefused() {
    TARGET.flush();
    try (RespClient target = TARGET.client()) {
      target.call("ACL", "SETUSER", "default", "-hmset", "-hset");
      try (RunningLink link = setup.start()) {
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.NO_PERMISSION);
      } finally {
        target.call("ACL", "SETUSER", "default", "+@all");
      }
      assertThat(target.list("KEYS", "*")).isEmpty();
    }
  }

  @Test
  void doesNotTakeATargetThatLostTheCheckpointForANewOne() {
    TARGET.flush();
    setup.startMode = StartMode.MUST_RESUME;
    try (RunningLink link = setup.start()) {
      assertThat(link.end().fault().code()).isEqualTo(FaultCode.CHECKPOINT_GONE);
    }
    assertThat(TARGET.keys()).isZero();
  }

  @Test
  void doesNotTakeALostNodeForANewOne() {
    try (RespClient target = TARGET.client()) {
      target.call("DEL", "cachesync:node:{0}:task:0");
    }
    setup.startMode = StartMode.MUST_RESUME;
    try (RunningLink link = setup.start()) {
      assertThat(link.end().fault().code()).isEqualTo(FaultCode.CHECKPOINT_GONE);
      assertThat(link.wasIn(Phase.FULL_SYNC_WAITING)).isFalse();
    }
    assertThat(exists("before")).isTrue();
  }

  @Test
  void beginsAfreshThoughItMustResume() {
    TARGET.flush();
    setup.startMode = StartMode.MUST_RESUME;
    setup.afresh = true;
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
    }
    assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
  }

  @Test
  void removesItsKeysAndAppliesNothing() {
    RunningLink.Setup removal = new RunningLink.Setup(NOWHERE, TARGET.address());
    removal.startMode = StartMode.MUST_RESUME;
    removal.desired = Desired.REMOVE;
    for (String expected : List.of("3 keys of ours removed", "0 keys of ours removed")) {
      try (RunningLink link = removal.start()) {
        assertThat(link.end().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(link.said()).anyMatch(line -> line.contains(expected));
      }
    }
    assertThat(exists("before")).isTrue();
    assertThat(TARGET.keys()).isEqualTo(1);
  }

  @Test
  void aRunningLinkStopsApplyingWhenItsKeysAreToGo() {
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      link.direct(Desired.PAUSE);
      link.awaitPhase(Phase.PAUSED);
      write("waits");
      link.direct(Desired.REMOVE);
      assertThat(link.end().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.wasIn(Phase.STOPPED)).isFalse();
    }
    assertThat(exists("after")).isTrue();
    assertThat(exists("waits")).isFalse();
    assertThat(TARGET.keys()).isEqualTo(2);
  }

  @Test
  void aFullSyncThatWasCompletedIsNotFollowedByTheStream() {
    setup.mode = SyncMode.FULL_ONLY;
    setup.startMode = StartMode.MUST_RESUME;
    try (RunningLink link = setup.start()) {
      assertThat(link.end().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.wasIn(Phase.INCREMENTAL)).isFalse();
    }
    assertThat(TARGET.keys()).isEqualTo(1);
  }

  private RunningLink startBehind(RespClient target, String lock) {
    target.call("SET", lock, "another", "PX", "600000");
    return setup.start();
  }

  private static void write(String key) {
    try (RespClient source = SOURCE.client()) {
      source.call("SET", key, "1");
    }
  }

  private static boolean exists(String key) {
    try (RespClient target = TARGET.client()) {
      return target.call("EXISTS", key).equals(1L);
    }
  }
}
