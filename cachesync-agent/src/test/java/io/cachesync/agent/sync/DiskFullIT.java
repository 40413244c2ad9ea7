package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import io.cachesync.testkit.SmallDisk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A real file system that fills under the relay log; the ring in memory has a megabyte. */
class DiskFullIT {
  private static final long DISK = 16 << 20;
  private static final int VALUE = 100_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension
  static final RedisServer SOURCE =
      new RedisServer(ServerVersion.V7_0).option("repl-backlog-size", "64mb");

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  private SmallDisk disk;

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
    disk = new SmallDisk(DISK);
  }

  @AfterEach
  void close() {
    if (disk != null) {
      disk.close();
    }
  }

  /** What nobody looks at for a night, and what was received by then is not lost. */
  @Test
  void endsAPausedLinkAtOnceAndGoesOnOnceThereIsRoom() {
    RunningLink.Setup setup = setup(SOURCE.address());
    try (RunningLink link = setup.start()) {
      append(1);
      link.awaitCaughtUp();
      link.direct(Desired.PAUSE);
      link.awaitPhase(Phase.PAUSED);
      disk.leave(2 << 20);
      append(60);
      assertFull(link);
      // A pause writes nothing.
      assertThat(length(TARGET)).isEqualTo(VALUE);
    }
    assertThat(disk.freeBytes()).isLessThan(1 << 20);
    disk.makeRoom();
    goesOn(setup);
  }

  /** What was received before is applied before it ends. */
  @Test
  void endsALinkWhoseTargetIsSlowAndGoesOnOnceThereIsRoom() throws Exception {
    try (FaultProxy slow = new FaultProxy(TARGET.port())) {
      RunningLink.Setup setup = setup(SOURCE.address());
      setup.target = RunningLink.endpoint("127.0.0.1:" + slow.port());
      try (RunningLink link = setup.start()) {
        append(1);
        link.awaitCaughtUp();
        disk.leave(2 << 20);
        slow.stall();
        append(60);
        Awaitility.await().until(() -> disk.freeBytes() < 100_000);
        slow.resume();
        assertFull(link);
        assertThat(length(TARGET)).isGreaterThan(VALUE);
      }
      disk.makeRoom();
      goesOn(setup);
    }
  }

  /** With all of the disk taken a start that is behind has nowhere to put what it reads. */
  @Test
  void saysSoAgainWhereItIsStartedWithoutRoom() {
    RunningLink.Setup setup = setup(SOURCE.address());
    try (RunningLink link = setup.start()) {
      append(1);
      link.awaitCaughtUp();
      link.direct(Desired.PAUSE);
      link.awaitPhase(Phase.PAUSED);
      disk.leave(2 << 20);
      append(60);
      assertFull(link);
    }
    disk.leave(0);
    // By half of what is free, which is nothing.
    setup.relayMaxBytes = 0;
    setup.desired = Desired.PAUSE;
    try (RunningLink link = setup.start()) {
      assertFull(link);
    }
    setup.desired = Desired.RUN;
    disk.makeRoom();
    goesOn(setup);
  }

  /** What waits has room already: by half of the rest alone the source would be left here. */
  @Test
  void followsTheSourceWhereMostOfTheDiskHoldsWhatWaits() {
    RunningLink.Setup setup = setup(SOURCE.address());
    setup.relayMaxBytes = 0;
    try (RunningLink link = setup.start()) {
      append(1);
      link.awaitCaughtUp();
      link.direct(Desired.PAUSE);
      link.awaitPhase(Phase.PAUSED);
      append(60);
      awaitReceived(link);
    }
    setup.desired = Desired.PAUSE;
    try (RunningLink link = setup.start()) {
      append(5);
      awaitReceived(link);
      assertThat(link.status().retries()).as("%s", link.said()).isZero();
    }
    setup.desired = Desired.RUN;
    goesOn(setup);
  }

  /** What is applied as fast as it comes needs no disk. */
  @Test
  void goesOnWithoutDiskWhereTheTargetKeepsUp() {
    RunningLink.Setup setup = setup(SOURCE.address());
    try (RunningLink link = setup.start()) {
      append(1);
      link.awaitCaughtUp();
      disk.leave(0);
      for (int i = 0; i < 60; i++) {
        append(1);
        link.awaitCaughtUp();
      }
      disk.makeRoom();
      append(1);
      link.awaitCaughtUp();
    }
    goesOn(setup);
  }

  /** The snapshot waits at the source for the target, and not on the disk. */
  @Test
  void copiesASnapshotThatDoesNotFitOnTheDisk() {
    for (int i = 0; i < 300; i++) {
      call("SET", "key:" + i, RunningLink.noise(VALUE));
    }
    disk.leave(1 << 20);
    RunningLink.Setup setup = setup(SOURCE.address());
    try (FaultProxy slow = new FaultProxy(TARGET.port())) {
      setup.target = RunningLink.endpoint("127.0.0.1:" + slow.port());
      // On the link's own thread, before it writes the first key.
      setup.onSaid =
          line -> {
            if (line.startsWith("full sync 1 of")) {
              slow.stall();
            }
          };
      try (RunningLink link = setup.start()) {
        Awaitility.await().until(() -> disk.freeBytes() < 100_000);
        slow.resume();
        link.awaitCaughtUp();
        assertThat(link.status().retries()).isZero();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
    }
    assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
  }

  private RunningLink.Setup setup(String source) {
    RunningLink.Setup setup = new RunningLink.Setup(source, TARGET.address());
    setup.workDir = disk.folder();
    return setup;
  }

  private static void awaitReceived(RunningLink link) {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> link.status().receivedOffset() >= SOURCE.replOffset());
  }

  private void assertFull(RunningLink link) {
    assertThat(link.end().fault().code()).as("%s", link.said()).isEqualTo(FaultCode.DISK_FULL);
    assertThat(link.end().fault().message()).contains(disk.folder() + ": No space left on device");
  }

  /** From its checkpoint, and exact: each command applied once more or less would be seen. */
  private static void goesOn(RunningLink.Setup setup) {
    append(1);
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      assertThat(link.wasIn(Phase.FULL_SYNC)).isFalse();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.status().ledger().balanced()).isTrue();
    }
    assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
  }

  private static long length(RedisServer server) {
    try (RespClient client = server.client()) {
      return client.number("STRLEN", "text");
    }
  }

  private static void append(int times) {
    List<String[]> commands = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      commands.add(new String[] {"APPEND", "text", RunningLink.noise(VALUE)});
    }
    SOURCE.pipeline(commands);
  }

  private static void call(String... command) {
    try (RespClient client = SOURCE.client()) {
      client.call(command);
    }
  }
}
