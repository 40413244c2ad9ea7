package io.cachesync.agent.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairedKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class RepairPieceTest {
  private static final DatabaseKey ONE = key("one");
  private static final DatabaseKey TWO = key("two");

  private final List<RepairedKey> told = new ArrayList<>();

  /** Else a link would find the undo file closed, and its task would fail. */
  @Test
  void isGivenUpOnlyOnceNoLinkIsAtIt() throws Exception {
    RepairPiece piece = piece(told::add);
    assertThat(piece.enter()).isTrue();
    CompletableFuture<Void> cancelled = CompletableFuture.runAsync(piece::cancel);
    Awaitility.await().until(piece::isDone);
    assertThat(cancelled).isNotDone();
    piece.settle(ONE, RepairCourse.WRITE);
    assertThat(told).isEmpty();
    assertThat(piece.enter()).isFalse();
    piece.leave();
    cancelled.get(60, TimeUnit.SECONDS);
  }

  @Test
  void aResultThatCannotBeToldEndsTheRepairAndNotTheLink() throws Exception {
    UncheckedIOException full = new UncheckedIOException(new IOException("no space"));
    RepairPiece piece =
        piece(
            result -> {
              throw full;
            });
    piece.settle(ONE, RepairCourse.WRITE);
    assertThat(piece.await(0)).isTrue();
    assertThat(piece.failure()).isSameAs(full);
    assertThat(piece.enter()).isFalse();
  }

  private static RepairPiece piece(Consumer<RepairedKey> results) {
    List<NamedKey> keys =
        List.of(NamedKey.of(ONE.database(), ONE.key()), NamedKey.of(TWO.database(), TWO.key()));
    return new RepairPiece(List.of("h:1"), keys, false, null, results);
  }

  private static DatabaseKey key(String name) {
    return new DatabaseKey(0, name.getBytes(StandardCharsets.UTF_8));
  }
}
