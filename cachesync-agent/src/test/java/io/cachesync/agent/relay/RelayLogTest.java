package io.cachesync.agent.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was appended is read, from any offset, also after an end, a cut and a torn record. */
class RelayLogTest {
  private static final String NEXT_ID = "abcdefghijabcdefghijabcdefghijabcdefghij";

  @TempDir Path folder;

  @Test
  void readsWhatWasAppendedFromMemoryAndFromDisk() throws Exception {
    Random random = new Random(1);
    byte[] all = RelayStream.bytes(3_000_000, random);
    try (RelayLog log = log(RelayStream.SMALL)) {
      log.resume(RelayStream.ID, 100);
      CompletableFuture<Void> writer = RelayStream.append(log, all, 100, new Random(2), 9000);
      // Behind for most of the time: everything is appended before the reader starts.
      writer.get(60, TimeUnit.SECONDS);
      RelayStream.assertRead(log.reader(100), all, 100, 100, 100 + all.length);
      assertThat(log.waitingBytes()).isZero();
      assertThat(log.diskBytes()).isGreaterThan(all.length / 2);
    }
  }

  @Test
  void readsWhileItIsWritten() throws Exception {
    byte[] all = RelayStream.bytes(5_000_000, new Random(3));
    try (RelayLog log = log(RelayStream.SMALL)) {
      log.resume(RelayStream.ID, 0);
      CompletableFuture<Void> writer = RelayStream.append(log, all, 0, new Random(4), 200_000);
      RelayStream.assertRead(log.reader(0), all, 0, 0, all.length);
      writer.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void whoHasReadARecordCanGoOnBehindIt() throws Exception {
    int records = 20_000;
    byte[] all = RelayStream.bytes(records, new Random(6));
    try (RelayLog log = log(RelayStream.SMALL)) {
      log.resume(RelayStream.ID, 0);
      CompletableFuture<Void> writer = RelayStream.append(log, all, 0, new Random(7), 2);
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
    byte[] all = RelayStream.bytes(300_000, random);
    try (RelayLog log = log(RelayStream.SMALL)) {
      log.resume(RelayStream.ID, 0);
      RelayStream.append(log, all, 0, random, 3000).get(60, TimeUnit.SECONDS);
      for (int round = 0; round < 50; round++) {
        int offset = random.nextInt(all.length + 1);
        assertThat(log.contains(RelayStream.ID, offset)).isTrue();
        assertThat(log.contains(NEXT_ID, offset)).isFalse();
        try (RelayReader reader = log.reader(offset)) {
          RelayStream.assertRead(reader, all, 0, offset, all.length);
        }
      }
      assertThat(log.contains(RelayStream.ID, all.length + 1)).isFalse();
      assertThat(log.contains(RelayStream.ID, -1)).isFalse();
    }
  }

  @Test
  void isTakenUpAfterAnEndAndAfterATornRecord() throws Exception {
    Random random = new Random(6);
    byte[] all = RelayStream.bytes(400_000, random);
    try (RelayLog log = log(RelayStream.SMALL)) {
      log.resume(RelayStream.ID, 1000);
      RelayStream.append(log, all, 1000, random, 5000).get(60, TimeUnit.SECONDS);
    }
    for (int round = 0; round < 30; round++) {
      long end;
      try (RelayLog log =
          RelayLog.open(folder, RelayStream.SMALL, RelayStream.CLOCK).orElseThrow()) {
        end = log.endOffset();
        assertThat(log.replId()).isEqualTo(RelayStream.ID);
        assertThat(log.firstOffset()).isEqualTo(1000);
        assertThat(end).isBetween(1000L, 1000L + all.length);
        try (RelayReader reader = log.reader(1000)) {
          RelayStream.assertRead(reader, all, 1000, 1000, end);
        }
      }
      damageTheEnd(random);
    }
  }

  @Test
  void goesOnBehindWhatWasTakenUp() throws Exception {
    byte[] all = RelayStream.bytes(200_000, new Random(7));
    try (RelayLog log = log(RelayStream.SMALL)) {
      log.resume(RelayStream.ID, 0);
      RelayStream.append(log, Arrays.copyOf(all, 120_000), 0, new Random(8), 3000).get();
    }
    try (RelayLog log = RelayLog.open(folder, RelayStream.SMALL, RelayStream.CLOCK).orElseThrow()) {
      assertThat(log.endOffset()).isEqualTo(120_000);
      log.resume(NEXT_ID, 120_000);
      RelayStream.append(
              log, Arrays.copyOfRange(all, 120_000, 200_000), 120_000, new Random(9), 3000)
          .get();
      assertThat(log.contains(RelayStream.ID, 119_000)).isTrue();
      assertThat(log.contains(RelayStream.ID, 150_000)).isFalse();
      assertThat(log.contains(NEXT_ID, 150_000)).isTrue();
      RelayStream.assertRead(log.reader(5), all, 0, 5, all.length);
    }
  }

  /** Between two records, inside of one, in its first file and in others. */
  @Test
  void goesOnUnderAnotherIdWhereItIsCut() throws Exception {
    Random random = new Random(10);
    byte[] all = RelayStream.bytes(200_000, random);
    for (int round = 0; round < 30; round++) {
      try (RelayLog log = log(RelayStream.SMALL)) {
        log.resume(RelayStream.ID, 1000);
        RelayStream.append(log, all, 1000, random, 3000).get(60, TimeUnit.SECONDS);
      }
      long upTo = 1001 + random.nextInt(round == 0 ? 1 : all.length);
      assertThat(RelayLog.cut(folder, RelayStream.SMALL, RelayStream.CLOCK, upTo, NEXT_ID))
          .isTrue();
      try (RelayLog log =
          RelayLog.open(folder, RelayStream.SMALL, RelayStream.CLOCK).orElseThrow()) {
        assertThat(log.endOffset()).isEqualTo(upTo);
        assertThat(log.replId()).isEqualTo(NEXT_ID);
        assertThat(log.contains(NEXT_ID, 1000)).isTrue();
        log.resume(NEXT_ID, upTo);
        byte[] more = RelayStream.bytes(5_000, random);
        RelayStream.append(log, more, upTo, random, 300).get(60, TimeUnit.SECONDS);
        byte[] expected = Arrays.copyOf(all, (int) (upTo - 1000) + more.length);
        System.arraycopy(more, 0, expected, (int) (upTo - 1000), more.length);
        try (RelayReader reader = log.reader(1000)) {
          RelayStream.assertRead(reader, expected, 1000, 1000, upTo + more.length);
        }
      }
    }
  }

  /** They tell no version; what is appended behind them does, in the same file. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void goesOnBehindWhatAnEarlierAgentHasLeft(boolean isCut) throws Exception {
    byte[] all = RelayStream.bytes(3_000, new Random(1));
    ByteBuffer file = ByteBuffer.allocate(2 * (72 + 1000));
    addFormer(file, all, 0);
    addFormer(file, all, 1000);
    Files.write(folder.resolve("stream-%020d.seg".formatted(0)), file.array());
    if (isCut) {
      assertThat(RelayLog.cut(folder, RelayStream.SMALL, RelayStream.CLOCK, 1500, NEXT_ID))
          .isTrue();
    }
    int end = isCut ? 1500 : 2000;
    String id = isCut ? NEXT_ID : RelayStream.ID;
    for (int start = 0; start < 2; start++) {
      try (RelayLog log =
          RelayLog.open(folder, RelayStream.SMALL, RelayStream.CLOCK).orElseThrow()) {
        assertThat(log.replId()).isEqualTo(id);
        log.resume(id, end + 100 * start);
        log.append(all, end + 100 * start, 100, end + 100 * start, 3, 9, 700 + start);
        RelayStream.assertRead(log.reader(0), all, 0, 0, end + 100 * (start + 1));
      }
    }
    try (RelayLog log = RelayLog.open(folder, RelayStream.SMALL, RelayStream.CLOCK).orElseThrow();
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
    record.put(RelayStream.ID.getBytes(StandardCharsets.US_ASCII)).put(all, at, 1000);
    CRC32C crc = new CRC32C();
    crc.update(record.array(), 8, record.capacity() - 8);
    file.put(record.putInt(4, (int) crc.getValue()).array());
  }

  @Test
  void hasNothingLeftWhereItIsCutBeforeItsBeginning() throws Exception {
    try (RelayLog log = log(RelayStream.SMALL)) {
      log.resume(RelayStream.ID, 1000);
      RelayStream.append(log, RelayStream.bytes(100_000, new Random(1)), 1000, new Random(2), 3000)
          .get();
    }
    assertThat(RelayLog.cut(folder, RelayStream.SMALL, RelayStream.CLOCK, 1000, NEXT_ID)).isFalse();
    assertThat(RelayLog.open(folder, RelayStream.SMALL, RelayStream.CLOCK)).isEmpty();
  }

  @Test
  void isNotTakenUpWhereThereIsNothing() throws Exception {
    assertThat(RelayLog.open(folder.resolve("none"), RelayStream.SMALL, RelayStream.CLOCK))
        .isEmpty();
    log(RelayStream.SMALL).close();
    assertThat(RelayLog.open(folder, RelayStream.SMALL, RelayStream.CLOCK)).isEmpty();
  }

  @Test
  void beginsAnewWhereTheStreamGoesOnElsewhere() throws Exception {
    try (RelayLog log = log(RelayStream.SMALL)) {
      log.resume(RelayStream.ID, 0);
      RelayStream.append(log, RelayStream.bytes(100_000, new Random(1)), 0, new Random(1), 3000)
          .get();
      log.resume(RelayStream.ID, 500_000);
      assertThat(log.firstOffset()).isEqualTo(500_000);
      assertThat(log.endOffset()).isEqualTo(500_000);
      assertThat(log.contains(RelayStream.ID, 50_000)).isFalse();
      byte[] more = RelayStream.bytes(1000, new Random(2));
      RelayStream.append(log, more, 500_000, new Random(1), 300).get();
      RelayStream.assertRead(log.reader(500_000), more, 500_000, 500_000, 501_000);
    }
  }

  @Test
  void tellsWhyNothingMoreComesOnlyBehindTheLastRecord() throws Exception {
    byte[] all = RelayStream.bytes(10_000, new Random(1));
    try (RelayLog log = log(RelayStream.SMALL)) {
      log.resume(RelayStream.ID, 0);
      RelayStream.append(log, all, 0, new Random(1), 500).get();
      log.fail(Fault.retryable(FaultCode.CONNECTION_LOST, "gone"));
      try (RelayReader reader = log.reader(0)) {
        for (long at = 0; at < all.length; ) {
          RelayRecord record = new RelayRecord();
          assertThat(reader.next(record, 1000)).isTrue();
          at = record.endOffset();
        }
        assertThatThrownBy(() -> reader.next(new RelayRecord(), 1000))
            .isInstanceOf(FaultException.class);
        log.resume(RelayStream.ID, all.length);
        assertThat(reader.next(new RelayRecord(), 0)).isFalse();
      }
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
      byte[] all = RelayStream.bytes(600_000, random);
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
      log.resume(RelayStream.ID, 0);
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
            log = RelayLog.open(folder, options, RelayStream.CLOCK).orElse(null);
            if (log == null) {
              assertThat(reached).isZero();
              log = log(options);
              log.resume(RelayStream.ID, 0);
            }
            assertThat(log.endOffset()).isEqualTo(end);
            assertThat(log.contains(RelayStream.ID, read)).isTrue();
            reader = log.reader(read);
          }
        }
      }
      reader.close();
      log.close();
    }
  }

  private RelayLog log(RelayOptions options) throws IOException {
    return RelayLog.create(folder, options, RelayStream.CLOCK);
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
