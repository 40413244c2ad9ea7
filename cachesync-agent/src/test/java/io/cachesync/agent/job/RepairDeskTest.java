package io.cachesync.agent.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.repair.RepairPiece;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairOrder;
import io.cachesync.contract.RepairPhase;
import io.cachesync.contract.RepairReport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a running task is asked to repair, without a task: the test does what its links would. */
class RepairDeskTest {
  private static final int KEYS = 1500;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path work;
  private final AtomicReference<RepairPiece> given = new AtomicReference<>();
  private RepairFolder folder;

  @BeforeEach
  void asked() throws Exception {
    folder = RepairFolder.of(work, "r1");
    List<NamedKey> keys =
        IntStream.range(0, KEYS).mapToObj(i -> new NamedKey(0, "key:" + i, "")).toList();
    folder.ask(keys, new RepairOrder(List.of(), work.resolve("undo").toString(), false));
  }

  private RepairDesk desk(JobLog log) {
    RepairDesk desk = new RepairDesk(work, "", given::set, log, Clock.systemUTC());
    desk.start();
    return desk;
  }

  private void settleAll() {
    RepairPiece piece = given.get();
    for (DatabaseKey key : new ArrayList<>(piece.open(any -> true, KEYS))) {
      piece.settle(key, RepairCourse.WRITE);
    }
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(PATIENCE).until(condition);
  }

  @Test
  void beginsAgainWithWhatAFormerStartHasLeft() throws Exception {
    try (JobLog log = new JobLog(work.resolve("log"), Clock.systemUTC())) {
      try (RepairDesk first = desk(log)) {
        await(() -> given.get() != null);
        RepairPiece piece = given.get();
        settleAll();
        await(() -> given.get() != piece);
        await(() -> folder.status().map(RepairReport::done).orElse(0L) == 1000);
      }
      given.set(null);
      try (RepairDesk second = desk(log)) {
        await(() -> given.get() != null);
        assertThat(given.get().open(any -> true, KEYS).get(0).key())
            .isEqualTo("key:0".getBytes(StandardCharsets.UTF_8));
        RepairPiece piece = given.get();
        settleAll();
        await(() -> given.get() != piece);
        settleAll();
        await(() -> folder.status().map(status -> status.phase().ended()).orElse(false));
      }
    }
    RepairReport last = folder.status().orElseThrow();
    assertThat(last.phase()).isEqualTo(RepairPhase.DONE);
    assertThat(last.keys(RepairCourse.WRITE)).isEqualTo(KEYS);
    assertThat(Files.readAllLines(folder.results())).hasSize(KEYS);
    assertThat(RepairFolder.open(work)).isEmpty();
  }

  @Test
  void beginsNoneThatNobodyWantsAnyMore() throws Exception {
    folder.stop();
    try (JobLog log = new JobLog(work.resolve("log"), Clock.systemUTC());
        RepairDesk desk = desk(log)) {
      await(() -> folder.status().map(status -> status.phase().ended()).orElse(false));
      assertThat(folder.status().orElseThrow().phase()).isEqualTo(RepairPhase.STOPPED);
      assertThat(given).hasNullValue();
    }
  }

  @Test
  void stopsWhereNobodyWantsItAnyMore() throws Exception {
    try (JobLog log = new JobLog(work.resolve("log"), Clock.systemUTC());
        RepairDesk desk = desk(log)) {
      await(() -> given.get() != null);
      folder.stop();
      await(() -> folder.status().map(status -> status.phase().ended()).orElse(false));
      assertThat(folder.status().orElseThrow().phase()).isEqualTo(RepairPhase.STOPPED);
      assertThat(given.get().isDone()).isTrue();
    }
  }
}
