package io.cachesync.agent.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.testkit.SmallDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A log that has given its disk up, as the reader was ahead of it: what is unread is in the ring of
 * 64 kB, and on disk only what comes behind that.
 */
class RelayLogHoleTest {
  private static final String ID = "0123456789012345678901234567890123456789";
  private static final int RECORD = 1000;
  private static final RelayOptions OPTIONS =
      new RelayOptions(64 * 1024, 50_000, 100_000_000, Duration.ofMinutes(15), 1_000_000_000);

  private final byte[] all = new byte[2_000 * RECORD];

  @TempDir Path folder;

  RelayLogHoleTest() {
    new Random(1).nextBytes(all);
  }

  /** The network is not held up for as long as the reader likes, with room on the disk. */
  @Test
  void goesToTheDiskFromTheReaderOnOnceThatStandsStill() throws Exception {
    Path gone = folder.resolve("gone");
    try (RelayLog log = begun(gone);
        RelayReader reader = log.reader(0)) {
      Files.delete(gone);
      append(log, 0, 20);
      read(reader, 0, 20);
      append(log, 20, 70);
      assertThat(log.firstOffset()).isGreaterThan(50 * RECORD);
      // Who goes back to what is gone is to ask the source for it, and not to fail for good.
      assertThatThrownBy(() -> log.reader(10 * RECORD))
          .isInstanceOfSatisfying(
              FaultException.class,
              e -> {
                assertThat(e.fault().code()).isEqualTo(FaultCode.STREAM_CORRUPT);
                assertThat(e.fault().retryable()).isTrue();
              });
      Files.createDirectory(gone);
      Awaitility.await().until(() -> log.diskBytes() > 0);
      CompletableFuture.runAsync(() -> append(log, 70, 400)).get(60, TimeUnit.SECONDS);
      assertThat(log.firstOffset()).isEqualTo(20 * RECORD);
      read(reader, 20, 400);
    }
    try (RelayLog log = RelayLog.open(gone, OPTIONS, Clock.systemUTC()).orElseThrow();
        RelayReader reader = log.reader(20 * RECORD)) {
      assertThat(log.firstOffset()).isEqualTo(20 * RECORD);
      read(reader, 20, 400);
    }
  }

  /** What it had on the full disk itself is removed, and is room for what waits. */
  @Test
  void isNotFullWhereItHasMadeRoomItself() throws Exception {
    try (SmallDisk disk = new SmallDisk(1 << 20);
        RelayLog log = begun(disk.folder());
        RelayReader reader = log.reader(0)) {
      append(log, 0, 600);
      read(reader, 0, 600);
      Awaitility.await().until(() -> log.diskBytes() > 600 * RECORD);
      disk.leave(0);
      append(log, 600, 620);
      read(reader, 600, 620);
      append(log, 620, 1100);
      assertThatThrownBy(() -> append(log, 1100, 2000))
          .hasCauseInstanceOf(FaultException.class)
          .hasMessageContaining("No space left on device");
      assertThat(disk.freeBytes()).isZero();
      read(reader, 620, (int) (log.endOffset() / RECORD));
    }
  }

  private static RelayLog begun(Path folder) throws IOException {
    RelayLog log = RelayLog.create(folder, OPTIONS, Clock.systemUTC());
    log.resume(ID, 0);
    return log;
  }

  private void append(RelayLog log, int from, int to) {
    try {
      for (int at = from * RECORD; at < to * RECORD; at += RECORD) {
        log.append(all, at, RECORD, at, 0, 0, 700);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** All that is there; coming back says that the last one is dealt with. */
  private void read(RelayReader reader, int from, int to) throws Exception {
    RelayRecord record = new RelayRecord();
    for (int at = from * RECORD; at < to * RECORD; at += RECORD) {
      assertThat(reader.next(record, 5000)).isTrue();
      assertThat(record.startOffset()).isEqualTo(at);
      byte[] bytes =
          Arrays.copyOfRange(record.buffer(), record.offset(), record.offset() + record.length());
      assertThat(bytes).isEqualTo(Arrays.copyOfRange(all, at, at + RECORD));
    }
    assertThat(reader.next(record, 0)).isFalse();
  }
}
