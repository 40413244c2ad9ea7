package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.Folders;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sources that come to no end with their snapshot, and only close the connection. */
class SourceSnapshotIT {
  private static final int MANY = 3;

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @BeforeEach
  void empty() {
    TARGET.flush();
  }

  @ParameterizedTest
  @EnumSource(names = {"V2_8", "V6_2", "V7_4"})
  void oneThatCannotWriteItsSnapshotIsToldSo(ServerVersion version) {
    RedisServer server = new RedisServer(version).option("repl-diskless-sync", "no");
    if (version.atLeast(ServerVersion.V7_0)) {
      server.option("enable-protected-configs", "yes");
    }
    try (RedisServer source = server.start()) {
      fill(source);
      Path gone = Folders.create("gone");
      source.config("dir", gone.toString());
      Folders.delete(gone);
      RunningLink.Setup setup = RunningLink.between(source, TARGET);
      try (RunningLink link = setup.start()) {
        awaitFault(link, FaultCode.SOURCE_SNAPSHOT_FAILED);
        assertThat(link.said())
            .anyMatch(line -> line.contains("rdb_last_bgsave_status:err"))
            .noneMatch(line -> line.contains("RETRYING") && line.contains("CONNECTION_LOST"));
        source.config("dir", source.folder().toString());
        finish(link, source);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"V2_8", "V7_0", "V7_4"})
  void oneThatMayNotForkIsToldSo(ServerVersion version) {
    try (RedisServer source =
        new RedisServer(version).option("repl-diskless-sync", "no").unprivileged().start()) {
      fill(source);
      source.mayFork(false);
      RunningLink.Setup setup = RunningLink.between(source, TARGET);
      try (RunningLink link = setup.start()) {
        awaitFault(link, FaultCode.SOURCE_SNAPSHOT_FAILED);
        assertThat(source.log()).contains("Can't save in background: fork:");
        assertThat(link.said())
            .noneMatch(line -> line.contains("RETRYING") && line.contains("CONNECTION_LOST"));
        source.mayFork(true);
        finish(link, source);
      }
    }
  }

  /** One that failed for somebody hours ago says little of the one that is being made. */
  @ParameterizedTest
  @EnumSource(names = {"V6_2", "V7_4"})
  void anOldFailureIsNotToldForWhatTheNetworkHasCut(ServerVersion version) {
    RedisServer server = new RedisServer(version).option("repl-diskless-sync", "no");
    if (version.atLeast(ServerVersion.V7_0)) {
      server.option("enable-protected-configs", "yes");
    }
    try (RedisServer source = server.start();
        FaultProxy address = new FaultProxy(source.port())) {
      fill(source);
      failToSave(source);
      source.config("dir", source.folder().toString());
      // A second for each key: it is given up once nobody waits for it.
      source.config("rdb-key-save-delay", "1000000");
      RunningLink.Setup setup =
          new RunningLink.Setup("127.0.0.1:" + address.port(), TARGET.address());
      try (RunningLink link = setup.start()) {
        Awaitility.await().until(() -> isWaitedAt(source));
        // The link looks once it is given up.
        address.stall();
        try (RespClient client = source.client()) {
          client.call("CLIENT", "KILL", "TYPE", "replica");
        }
        Awaitility.await().until(() -> !isSaving(source));
        address.resume();
        awaitFault(link, FaultCode.CONNECTION_LOST);
        assertThat(link.said()).noneMatch(line -> line.contains("SOURCE_SNAPSHOT_FAILED"));
        source.config("rdb-key-save-delay", "0");
        finish(link, source);
      }
    }
  }

  /** Whether the one that is made for us has failed too is not known. */
  @Test
  void oneThatHadFailedBeforeIsToldAsWhatMayBeTheReason() {
    try (RedisServer source =
        new RedisServer(ServerVersion.V7_0)
            .option("repl-diskless-sync", "no")
            .option("enable-protected-configs", "yes")
            .start()) {
      fill(source);
      failToSave(source);
      RunningLink.Setup setup = RunningLink.between(source, TARGET);
      try (RunningLink link = setup.start()) {
        awaitFault(link, FaultCode.CONNECTION_LOST);
        assertThat(link.said())
            .anyMatch(line -> line.contains("(rdb_last_bgsave_status:err), which may be why"))
            .noneMatch(line -> line.contains("SOURCE_SNAPSHOT_FAILED"));
        source.config("dir", source.folder().toString());
        finish(link, source);
      }
    }
  }

  /** As a disk that is full has it. */
  private static void failToSave(RedisServer source) {
    Path gone = Folders.create("gone");
    source.config("dir", gone.toString());
    Folders.delete(gone);
    try (RespClient client = source.client()) {
      client.call("BGSAVE");
      Awaitility.await()
          .until(() -> client.info("persistence").get("rdb_last_bgsave_status").equals("err"));
    }
  }

  /** Whether somebody waits there for the snapshot that is being made. */
  private static boolean isWaitedAt(RedisServer source) {
    try (RespClient client = source.client()) {
      return client.info("replication").getOrDefault("slave0", "").contains("state=wait_bgsave")
          && isSaving(source);
    }
  }

  private static boolean isSaving(RedisServer source) {
    try (RespClient client = source.client()) {
      return client.info("persistence").get("rdb_bgsave_in_progress").equals("1");
    }
  }

  /** It is asked for three snapshots, and then not one after the other for ever. */
  @Test
  void oneThatClosesInItsSnapshotAgainAndAgainIsToldWithItsLimits() {
    try (RedisServer source =
            new RedisServer(ServerVersion.V7_0)
                .option("repl-diskless-sync", "no")
                .option("client-output-buffer-limit", "replica 1mb 0 0")
                .start();
        FaultProxy address = new FaultProxy(source.port())) {
      fill(source);
      address.slowReplies(1_000_000);
      AtomicBoolean writes = new AtomicBoolean(true);
      RunningLink.Setup setup =
          new RunningLink.Setup("127.0.0.1:" + address.port(), TARGET.address());
      setup.onSaid =
          line -> {
            if (line.startsWith("full sync ") && line.contains(" of ") && writes.get()) {
              write(source);
            }
          };
      try (RunningLink link = setup.start()) {
        awaitFault(link, FaultCode.FULL_SYNC_BREAKS_OFF);
        assertThat(link.said())
            .anyMatch(
                line ->
                    line.contains("3 full syncs in a row")
                        && line.contains("client-output-buffer-limit replica 1048576 0 0")
                        && line.contains("repl-timeout 60"));
        assertThat(link.said())
            .filteredOn(line -> line.contains("phase FULL_SYNC_WAITING") || breaksOff(line))
            .as("%s", link.said())
            .element(MANY)
            .matches(SourceSnapshotIT::breaksOff);
        writes.set(false);
        address.slowReplies(0);
        finish(link, source);
      }
    }
  }

  private static void awaitFault(RunningLink link, FaultCode code) {
    Awaitility.await()
        .until(
            () ->
                link.said().stream()
                    .anyMatch(
                        line -> line.contains("RETRYING") && line.contains("code=" + code + ",")));
  }

  private static void finish(RunningLink link, RedisServer source) {
    link.awaitCaughtUp();
    assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
    assertThat(DatasetComparer.compare(source, TARGET)).isEmpty();
  }

  private static boolean breaksOff(String line) {
    return line.contains("phase RETRYING") && line.contains("code=FULL_SYNC_BREAKS_OFF,");
  }

  private static void fill(RedisServer source) {
    try (RespClient client = source.client()) {
      for (int i = 0; i < 100; i++) {
        client.call("SET", "key:" + i, RunningLink.noise(100_000));
      }
    }
  }

  /** More than the limit, while the snapshot is being sent. */
  private static void write(RedisServer source) {
    try (RespClient client = source.client()) {
      for (int i = 0; i < 40; i++) {
        client.call("SET", "key:" + i, RunningLink.noise(100_000));
      }
    }
  }
}
