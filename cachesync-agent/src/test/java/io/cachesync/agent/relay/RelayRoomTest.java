package io.cachesync.agent.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a relay log keeps, and what it does where memory or the disk is short. */
class RelayRoomTest {
  @TempDir Path folder;

  @Test
  void keepsAppliedRecordsForTheirTimeAndSize() throws Exception {
    RelayOptions keepLittle = new RelayOptions(64 * 1024, 50_000, 1 << 30, Duration.ZERO, 1);
    for (RelayOptions options : new RelayOptions[] {RelayStream.SMALL, keepLittle}) {
      byte[] all = RelayStream.bytes(400_000, new Random(1));
      try (RelayLog log = log(options)) {
        log.resume(RelayStream.ID, 0);
        RelayStream.append(log, all, 0, new Random(2), 3000).get();
        try (RelayReader reader = log.reader(0)) {
          RelayStream.assertRead(reader, all, 0, 0, all.length);
        }
        Awaitility.await().until(() -> log.diskBytes() >= all.length);
        log.trim(200_000);
        if (options == RelayStream.SMALL) {
          assertThat(log.firstOffset()).isZero();
        } else {
          assertThat(log.firstOffset()).isBetween(100_000L, 200_000L);
          assertThat(log.diskBytes()).isLessThan(320_000);
          try (RelayReader reader = log.reader(200_000)) {
            RelayStream.assertRead(reader, all, 0, 200_000, all.length);
          }
        }
      }
    }
  }

  @Test
  void refusesMoreThanMayWaitButKeepsWhatItHas() throws Exception {
    RelayOptions tight = new RelayOptions(64 * 1024, 50_000, 200_000, Duration.ZERO, 0);
    byte[] all = RelayStream.bytes(250_000, new Random(1));
    try (RelayLog log = log(tight)) {
      log.resume(RelayStream.ID, 0);
      assertThatThrownBy(() -> RelayStream.appendAll(log, all, 0, new Random(1), 1000))
          .isInstanceOfSatisfying(
              FaultException.class,
              e -> assertThat(e.fault().code()).isEqualTo(FaultCode.RELAY_FULL));
      long end = log.endOffset();
      assertThat(end).isBetween(150_000L, 202_000L);
      RelayStream.assertRead(log.reader(0), all, 0, 0, end);
      RelayStream.append(
              log, Arrays.copyOfRange(all, (int) end, all.length), end, new Random(2), 99)
          .get();
    }
  }

  @Test
  void readsASnapshotThatIsLargerThanMemory() throws Exception {
    byte[] rdb = RelayStream.bytes(1_000_000, new Random(1));
    try (RelayLog log = log(RelayStream.SMALL)) {
      log.beginSnapshot(RelayStream.ID, 77);
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(
              () -> {
                try {
                  for (int at = 0; at < rdb.length; at += 10_000) {
                    log.appendSnapshot(rdb, at, 10_000);
                  }
                  log.endSnapshot();
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      Awaitility.await().until(() -> log.diskBytes() > 300_000 || writer.isDone());
      assertThat(readAll(log)).isEqualTo(rdb);
      assertThat(log.waitingBytes()).isZero();
      assertThat(log.diskBytes()).isZero();
      assertThat(log.firstOffset()).isEqualTo(77);
      writer.get();
    }
  }

  @Test
  void aSnapshotWaitsForItsReaderAtTheLimit() throws Exception {
    RelayOptions tight = new RelayOptions(64 * 1024, 50_000, 100_000, Duration.ZERO, 0);
    byte[] rdb = RelayStream.bytes(500_000, new Random(1));
    try (RelayLog log = log(tight)) {
      log.beginSnapshot(RelayStream.ID, 0);
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(
              () -> {
                try {
                  log.appendSnapshot(rdb, 0, rdb.length);
                  log.endSnapshot();
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      Awaitility.await().until(() -> log.waitingBytes() == 100_000);
      assertThat(writer).isNotDone();
      assertThat(readAll(log)).isEqualTo(rdb);
      writer.get();
    }
  }

  @Test
  void tellsThatTheDiskCannotBeWritten() throws Exception {
    Path gone = folder.resolve("gone");
    try (RelayLog log = RelayLog.create(gone, RelayStream.SMALL, RelayStream.CLOCK)) {
      log.resume(RelayStream.ID, 0);
      Files.delete(gone);
      byte[] all = RelayStream.bytes(300_000, new Random(1));
      assertThatThrownBy(() -> RelayStream.appendAll(log, all, 0, new Random(1), 1000))
          .isInstanceOfSatisfying(
              FaultException.class,
              e -> assertThat(e.fault().code()).isEqualTo(FaultCode.DISK_FULL));
      RelayStream.assertRead(log.reader(0), all, 0, 0, log.endOffset());
    }
  }

  @Test
  void goesOnWithoutTheDiskWhileTheReaderKeepsUp() throws Exception {
    Path gone = folder.resolve("gone");
    try (RelayLog log = RelayLog.create(gone, RelayStream.SMALL, RelayStream.CLOCK)) {
      log.resume(RelayStream.ID, 0);
      Files.delete(gone);
      byte[] all = RelayStream.bytes(200_000, new Random(1));
      try (RelayReader reader = log.reader(0)) {
        for (int at = 0; at < all.length; at += 1000) {
          log.append(all, at, 1000, at, 0, 0, 700);
          assertThat(reader.next(new RelayRecord(), 1000)).isTrue();
        }
      }
    }
  }

  @Test
  void writesAgainOnceTheDiskIsBack() throws Exception {
    Path gone = folder.resolve("gone");
    byte[] all = RelayStream.bytes(400_000, new Random(1));
    long first;
    try (RelayLog log = RelayLog.create(gone, RelayStream.SMALL, RelayStream.CLOCK)) {
      log.resume(RelayStream.ID, 0);
      Files.delete(gone);
      RelayRecord record = new RelayRecord();
      try (RelayReader reader = log.reader(0)) {
        for (int at = 0; at < all.length; at += 1000) {
          if (at == 200_000) {
            Files.createDirectory(gone);
          }
          log.append(all, at, 1000, at, 0, 0, 700);
          assertThat(reader.next(record, 1000)).isTrue();
          assertThat(record.startOffset()).isEqualTo(at);
        }
        reader.next(record, 0);
      }
      Awaitility.await().until(() -> log.diskBytes() > 0);
      first = log.firstOffset();
      assertThat(log.contains(RelayStream.ID, 0)).isFalse();
    }
    try (RelayLog log = RelayLog.open(gone, RelayStream.SMALL, RelayStream.CLOCK).orElseThrow()) {
      assertThat(log.firstOffset()).isEqualTo(first).isPositive();
      assertThat(log.endOffset()).isEqualTo(all.length);
      RelayStream.assertRead(log.reader(first), all, 0, first, all.length);
    }
  }

  private RelayLog log(RelayOptions options) throws IOException {
    return RelayLog.create(folder, options, RelayStream.CLOCK);
  }

  private static byte[] readAll(RelayLog log) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    var source = log.snapshot();
    byte[] buffer = new byte[7000];
    int read = source.read(buffer, 0, buffer.length);
    while (read >= 0) {
      out.write(buffer, 0, read);
      read = source.read(buffer, 0, buffer.length);
    }
    return out.toByteArray();
  }
}
