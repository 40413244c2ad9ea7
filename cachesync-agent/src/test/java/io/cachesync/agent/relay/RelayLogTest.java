package io.cachesync.agent.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelayLogTest {
  private static final String ID = "0123456789012345678901234567890123456789";
  private static final String NEXT_ID = "abcdefghijabcdefghijabcdefghijabcdefghij";
  private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(5000), ZoneOffset.UTC);
  private static final RelayOptions SMALL =
      new RelayOptions(64 * 1024, 50_000, 100_000_000, Duration.ofMinutes(15), 1_000_000_000);

  @TempDir Path folder;

  @Test
  void readsWhatWasAppendedFromMemoryAndFromDisk() throws Exception {
    Random random = new Random(1);
    byte[] all = bytes(3_000_000, random);
    try (RelayLog log = log(SMALL)) {
      log.resume(ID, 100);
      CompletableFuture<Void> writer = append(log, all, 100, new Random(2), 9000);
      // Behind for most of the time: everything is appended before the reader starts.
      writer.get(60, TimeUnit.SECONDS);
      assertRead(log.reader(100), all, 100, 100, 100 + all.length);
      assertThat(log.waitingBytes()).isZero();
      assertThat(log.diskBytes()).isGreaterThan(all.length / 2);
    }
  }

  @Test
  void readsWhileItIsWritten() throws Exception {
    byte[] all = bytes(5_000_000, new Random(3));
    try (RelayLog log = log(SMALL)) {
      log.resume(ID, 0);
      CompletableFuture<Void> writer = append(log, all, 0, new Random(4), 200_000);
      assertRead(log.reader(0), all, 0, 0, all.length);
      writer.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void whoHasReadARecordCanGoOnBehindIt() throws Exception {
    int records = 20_000;
    byte[] all = bytes(records, new Random(6));
    try (RelayLog log = log(SMALL)) {
      log.resume(ID, 0);
      CompletableFuture<Void> writer = append(log, all, 0, new Random(7), 2);
      RelayRecord record = new RelayRecord();
      long read = 0;
      try (RelayReader reader = log.reader(0)) {
        while (read < all.length && reader.next(record, 5000)) {
          read = record.startOffset() + record.length();
          assertThat(log.endOffset()).isGreaterThanOrEqualTo(read);
        }
      }
      assertThat(read).isEqualTo(all.length);
      writer.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void readsFromAnyOffsetAlsoInsideARecord() throws Exception {
    Random random = new Random(5);
    byte[] all = bytes(300_000, random);
    try (RelayLog log = log(SMALL)) {
      log.resume(ID, 0);
      append(log, all, 0, random, 3000).get(60, TimeUnit.SECONDS);
      for (int round = 0; round < 50; round++) {
        int offset = random.nextInt(all.length + 1);
        assertThat(log.contains(ID, offset)).isTrue();
        assertThat(log.contains(NEXT_ID, offset)).isFalse();
        try (RelayReader reader = log.reader(offset)) {
          assertRead(reader, all, 0, offset, all.length);
        }
      }
      assertThat(log.contains(ID, all.length + 1)).isFalse();
      assertThat(log.contains(ID, -1)).isFalse();
    }
  }

  @Test
  void isTakenUpAfterAnEndAndAfterATornRecord() throws Exception {
    Random random = new Random(6);
    byte[] all = bytes(400_000, random);
    try (RelayLog log = log(SMALL)) {
      log.resume(ID, 1000);
      append(log, all, 1000, random, 5000).get(60, TimeUnit.SECONDS);
    }
    for (int round = 0; round < 30; round++) {
      long end;
      try (RelayLog log = RelayLog.open(folder, SMALL, CLOCK).orElseThrow()) {
        end = log.endOffset();
        assertThat(log.replId()).isEqualTo(ID);
        assertThat(log.firstOffset()).isEqualTo(1000);
        assertThat(end).isBetween(1000L, 1000L + all.length);
        try (RelayReader reader = log.reader(1000)) {
          assertRead(reader, all, 1000, 1000, end);
        }
      }
      damageTheEnd(random);
    }
  }

  @Test
  void goesOnBehindWhatWasTakenUp() throws Exception {
    byte[] all = bytes(200_000, new Random(7));
    try (RelayLog log = log(SMALL)) {
      log.resume(ID, 0);
      append(log, Arrays.copyOf(all, 120_000), 0, new Random(8), 3000).get();
    }
    try (RelayLog log = RelayLog.open(folder, SMALL, CLOCK).orElseThrow()) {
      assertThat(log.endOffset()).isEqualTo(120_000);
      log.resume(NEXT_ID, 120_000);
      append(log, Arrays.copyOfRange(all, 120_000, 200_000), 120_000, new Random(9), 3000).get();
      assertThat(log.contains(ID, 120_000)).isTrue();
      assertThat(log.contains(ID, 150_000)).isFalse();
      assertThat(log.contains(NEXT_ID, 150_000)).isTrue();
      assertRead(log.reader(5), all, 0, 5, all.length);
    }
  }

  /** Between two records, inside of one, in its first file and in others. */
  @Test
  void goesOnUnderAnotherIdWhereItIsCut() throws Exception {
    Random random = new Random(10);
    byte[] all = bytes(200_000, random);
    for (int round = 0; round < 30; round++) {
      try (RelayLog log = log(SMALL)) {
        log.resume(ID, 1000);
        append(log, all, 1000, random, 3000).get(60, TimeUnit.SECONDS);
      }
      long upTo = 1001 + random.nextInt(round == 0 ? 1 : all.length);
      assertThat(RelayLog.cut(folder, SMALL, CLOCK, upTo, NEXT_ID)).isTrue();
      try (RelayLog log = RelayLog.open(folder, SMALL, CLOCK).orElseThrow()) {
        assertThat(log.endOffset()).isEqualTo(upTo);
        assertThat(log.replId()).isEqualTo(NEXT_ID);
        assertThat(log.contains(NEXT_ID, 1000)).isTrue();
        log.resume(NEXT_ID, upTo);
        byte[] more = bytes(5_000, random);
        append(log, more, upTo, random, 300).get(60, TimeUnit.SECONDS);
        byte[] expected = Arrays.copyOf(all, (int) (upTo - 1000) + more.length);
        System.arraycopy(more, 0, expected, (int) (upTo - 1000), more.length);
        try (RelayReader reader = log.reader(1000)) {
          assertRead(reader, expected, 1000, 1000, upTo + more.length);
        }
      }
    }
  }

  /** They tell no version; what is appended behind them does, in the same file. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void goesOnBehindWhatAnEarlierAgentHasLeft(boolean isCut) throws Exception {
    byte[] all = bytes(3_000, new Random(1));
    ByteBuffer file = ByteBuffer.allocate(2 * (72 + 1000));
    addFormer(file, all, 0);
    addFormer(file, all, 1000);
    Files.write(folder.resolve("stream-%020d.seg".formatted(0)), file.array());
    if (isCut) {
      assertThat(RelayLog.cut(folder, SMALL, CLOCK, 1500, NEXT_ID)).isTrue();
    }
    int end = isCut ? 1500 : 2000;
    String id = isCut ? NEXT_ID : ID;
    for (int start = 0; start < 2; start++) {
      try (RelayLog log = RelayLog.open(folder, SMALL, CLOCK).orElseThrow()) {
        assertThat(log.replId()).isEqualTo(id);
        log.resume(id, end + 100 * start);
        log.append(all, end + 100 * start, 100, end + 100 * start, 3, 9, 700 + start);
        assertRead(log.reader(0), all, 0, 0, end + 100 * (start + 1));
      }
    }
    try (RelayLog log = RelayLog.open(folder, SMALL, CLOCK).orElseThrow();
        RelayReader reader = log.reader(0)) {
      RelayRecord record = new RelayRecord();
      List<Integer> levels = new ArrayList<>();
      while (reader.next(record, 0)) {
        levels.add(record.level());
      }
      assertThat(levels).containsExactly(0, 0, 700, 701);
    }
  }

  private static void addFormer(ByteBuffer file, byte[] all, int at) {
    ByteBuffer record = ByteBuffer.allocate(72 + 1000);
    record.putInt(0x43535231).putInt(0).putInt(1000).putInt(3).putLong(at).putLong(9);
    record.put(ID.getBytes(StandardCharsets.US_ASCII)).put(all, at, 1000);
    CRC32C crc = new CRC32C();
    crc.update(record.array(), 8, record.capacity() - 8);
    file.put(record.putInt(4, (int) crc.getValue()).array());
  }

  @Test
  void hasNothingLeftWhereItIsCutBeforeItsBeginning() throws Exception {
    try (RelayLog log = log(SMALL)) {
      log.resume(ID, 1000);
      append(log, bytes(100_000, new Random(1)), 1000, new Random(2), 3000).get();
    }
    assertThat(RelayLog.cut(folder, SMALL, CLOCK, 1000, NEXT_ID)).isFalse();
    assertThat(RelayLog.open(folder, SMALL, CLOCK)).isEmpty();
  }

  @Test
  void isNotTakenUpWhereThereIsNothing() throws Exception {
    assertThat(RelayLog.open(folder.resolve("none"), SMALL, CLOCK)).isEmpty();
    log(SMALL).close();
    assertThat(RelayLog.open(folder, SMALL, CLOCK)).isEmpty();
  }

  @Test
  void beginsAnewWhereTheStreamGoesOnElsewhere() throws Exception {
    try (RelayLog log = log(SMALL)) {
      log.resume(ID, 0);
      append(log, bytes(100_000, new Random(1)), 0, new Random(1), 3000).get();
      log.resume(ID, 500_000);
      assertThat(log.firstOffset()).isEqualTo(500_000);
      assertThat(log.endOffset()).isEqualTo(500_000);
      assertThat(log.contains(ID, 50_000)).isFalse();
      byte[] more = bytes(1000, new Random(2));
      append(log, more, 500_000, new Random(1), 300).get();
      assertRead(log.reader(500_000), more, 500_000, 500_000, 501_000);
    }
  }

  @Test
  void keepsAppliedRecordsForTheirTimeAndSize() throws Exception {
    RelayOptions keepLittle = new RelayOptions(64 * 1024, 50_000, 1 << 30, Duration.ZERO, 1);
    for (RelayOptions options : new RelayOptions[] {SMALL, keepLittle}) {
      byte[] all = bytes(400_000, new Random(1));
      try (RelayLog log = log(options)) {
        log.resume(ID, 0);
        append(log, all, 0, new Random(2), 3000).get();
        try (RelayReader reader = log.reader(0)) {
          assertRead(reader, all, 0, 0, all.length);
        }
        Awaitility.await().until(() -> log.diskBytes() >= all.length);
        log.trim(200_000);
        if (options == SMALL) {
          assertThat(log.firstOffset()).isZero();
        } else {
          assertThat(log.firstOffset()).isBetween(100_000L, 200_000L);
          assertThat(log.diskBytes()).isLessThan(320_000);
          try (RelayReader reader = log.reader(200_000)) {
            assertRead(reader, all, 0, 200_000, all.length);
          }
        }
      }
    }
  }

  @Test
  void refusesMoreThanMayWaitButKeepsWhatItHas() throws Exception {
    RelayOptions tight = new RelayOptions(64 * 1024, 50_000, 200_000, Duration.ZERO, 0);
    byte[] all = bytes(250_000, new Random(1));
    try (RelayLog log = log(tight)) {
      log.resume(ID, 0);
      assertThatThrownBy(() -> appendAll(log, all, 0, new Random(1), 1000))
          .isInstanceOfSatisfying(
              FaultException.class,
              e -> assertThat(e.fault().code()).isEqualTo(FaultCode.RELAY_FULL));
      long end = log.endOffset();
      assertThat(end).isBetween(150_000L, 202_000L);
      assertRead(log.reader(0), all, 0, 0, end);
      append(log, Arrays.copyOfRange(all, (int) end, all.length), end, new Random(2), 99).get();
    }
  }

  @Test
  void tellsWhyNothingMoreComesOnlyBehindTheLastRecord() throws Exception {
    byte[] all = bytes(10_000, new Random(1));
    try (RelayLog log = log(SMALL)) {
      log.resume(ID, 0);
      append(log, all, 0, new Random(1), 500).get();
      log.fail(Fault.retryable(FaultCode.CONNECTION_LOST, "gone"));
      try (RelayReader reader = log.reader(0)) {
        for (long at = 0; at < all.length; ) {
          RelayRecord record = new RelayRecord();
          assertThat(reader.next(record, 1000)).isTrue();
          at = record.endOffset();
        }
        assertThatThrownBy(() -> reader.next(new RelayRecord(), 1000))
            .isInstanceOf(FaultException.class);
        log.resume(ID, all.length);
        assertThat(reader.next(new RelayRecord(), 0)).isFalse();
      }
    }
  }

  @Test
  void readsASnapshotThatIsLargerThanMemory() throws Exception {
    byte[] rdb = bytes(1_000_000, new Random(1));
    try (RelayLog log = log(SMALL)) {
      log.beginSnapshot(ID, 77);
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
    byte[] rdb = bytes(500_000, new Random(1));
    try (RelayLog log = log(tight)) {
      log.beginSnapshot(ID, 0);
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
    try (RelayLog log = RelayLog.create(gone, SMALL, CLOCK)) {
      log.resume(ID, 0);
      Files.delete(gone);
      byte[] all = bytes(300_000, new Random(1));
      assertThatThrownBy(() -> appendAll(log, all, 0, new Random(1), 1000))
          .isInstanceOfSatisfying(
              FaultException.class,
              e -> assertThat(e.fault().code()).isEqualTo(FaultCode.DISK_FULL));
      assertRead(log.reader(0), all, 0, 0, log.endOffset());
    }
  }

  @Test
  void goesOnWithoutTheDiskWhileTheReaderKeepsUp() throws Exception {
    Path gone = folder.resolve("gone");
    try (RelayLog log = RelayLog.create(gone, SMALL, CLOCK)) {
      log.resume(ID, 0);
      Files.delete(gone);
      byte[] all = bytes(200_000, new Random(1));
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
    byte[] all = bytes(400_000, new Random(1));
    long first;
    try (RelayLog log = RelayLog.create(gone, SMALL, CLOCK)) {
      log.resume(ID, 0);
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
      assertThat(log.contains(ID, 0)).isFalse();
    }
    try (RelayLog log = RelayLog.open(gone, SMALL, CLOCK).orElseThrow()) {
      assertThat(log.firstOffset()).isEqualTo(first).isPositive();
      assertThat(log.endOffset()).isEqualTo(all.length);
      assertRead(log.reader(first), all, 0, first, all.length);
    }
  }

  private static CompletableFuture<Void> append(
      RelayLog log, byte[] all, int offset, int length, long millis) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            log.append(all, offset, length, offset, 3, millis, 700);
          } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static int readNext(RelayReader reader, RelayRecord record, byte[] all, int read)
      throws Exception {
    assertThat(reader.next(record, 5000)).isTrue();
    assertThat(record.startOffset()).isEqualTo(read);
    assertThat(
            Arrays.equals(
                record.buffer(),
                record.offset(),
                record.offset() + record.length(),
                all,
                read,
                read + record.length()))
        .isTrue();
    return (int) record.endOffset();
  }

  @Test
  void isWhatAListWouldBeUnderRandomUse() throws Exception {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      byte[] all = bytes(600_000, random);
      RelayOptions options =
          new RelayOptions(
              16 * 1024 << random.nextInt(4),
              10_000 + random.nextInt(100_000),
              1 << 30,
              Duration.ZERO,
              random.nextInt(200_000));
      int end = 0;
      int read = 0;
      RelayLog log = log(options);
      log.resume(ID, 0);
      RelayReader reader = log.reader(0);
      RelayRecord record = new RelayRecord();
      for (int step = 0; step < 400; step++) {
        switch (random.nextInt(random.nextInt(20) == 0 ? 5 : 3)) {
          case 0, 1 -> {
            int length = 1 + random.nextInt(random.nextInt(10) == 0 ? 40_000 : 1000);
            if (end + length <= all.length) {
              append(log, all, end, length, step).get(60, TimeUnit.SECONDS);
              end += length;
            }
          }
          case 2 -> {
            if (read < end) {
              read = readNext(reader, record, all, read);
            } else {
              assertThat(reader.next(record, 0)).isFalse();
            }
          }
          case 3 -> log.trim(random.nextInt(read + 1));
          default -> {
            reader.close();
            log.close();
            int reached = end;
            log = RelayLog.open(folder, options, CLOCK).orElse(null);
            if (log == null) {
              assertThat(reached).isZero();
              log = log(options);
              log.resume(ID, 0);
            }
            assertThat(log.endOffset()).isEqualTo(end);
            assertThat(log.contains(ID, read)).isTrue();
            reader = log.reader(read);
          }
        }
      }
      reader.close();
      log.close();
    }
  }

  private RelayLog log(RelayOptions options) throws IOException {
    return RelayLog.create(folder, options, CLOCK);
  }

  private static byte[] bytes(int length, Random random) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static CompletableFuture<Void> append(
      RelayLog log, byte[] all, long offset, Random random, int most) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            appendAll(log, all, offset, random, most);
          } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static void appendAll(RelayLog log, byte[] all, long offset, Random random, int most)
      throws IOException, InterruptedException {
    int at = 0;
    while (at < all.length) {
      int length = Math.min(all.length - at, 1 + random.nextInt(most));
      log.append(all, at, length, offset + at, at % 16, 1000 + at, 700);
      at += length;
    }
  }

  /** Reads on to the end and compares with the stream, which began at the given offset. */
  private static void assertRead(RelayReader reader, byte[] all, long began, long from, long to)
      throws Exception {
    RelayRecord record = new RelayRecord();
    long at = from;
    while (at < to) {
      assertThat(reader.next(record, 5000)).isTrue();
      assertThat(record.startOffset()).isEqualTo(at);
      int start = (int) (at - began);
      int end = start + record.length();
      assertThat(
              Arrays.equals(
                  record.buffer(),
                  record.offset(),
                  record.offset() + record.length(),
                  all,
                  start,
                  end))
          .isTrue();
      at = record.endOffset();
    }
    assertThat(at).isEqualTo(to);
    // Coming back says that the last record is dealt with.
    reader.next(record, 0);
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

  private void damageTheEnd(Random random) throws IOException {
    Path last;
    try (Stream<Path> files = Files.list(folder)) {
      last = files.sorted().reduce((a, b) -> b).orElseThrow();
    }
    try (RandomAccessFile file = new RandomAccessFile(last.toFile(), "rw")) {
      long size = file.length();
      long at = size - 1 - random.nextInt((int) Math.min(size - 1, 6000));
      if (random.nextBoolean()) {
        file.setLength(at);
      } else {
        file.seek(at);
        int b = file.read();
        file.seek(at);
        file.write(b ^ 0x55);
      }
    }
  }
}
