package io.cachesync.agent.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** A stream to put into a relay log, and what it must read as. */
final class RelayStream {
  static final String ID = "0123456789012345678901234567890123456789";

  static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(5000), ZoneOffset.UTC);

  static final RelayOptions SMALL =
      new RelayOptions(64 * 1024, 50_000, 100_000_000, Duration.ofMinutes(15), 1_000_000_000);

  private RelayStream() {}

  static byte[] bytes(int length, Random random) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  static CompletableFuture<Void> append(
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

  static void appendAll(RelayLog log, byte[] all, long offset, Random random, int most)
      throws IOException, InterruptedException {
    int at = 0;
    while (at < all.length) {
      int length = Math.min(all.length - at, 1 + random.nextInt(most));
      log.append(all, at, length, offset + at, at % 16, 1000 + at, 700);
      at += length;
    }
  }

  /** Reads on to the end and compares with the stream, which began at the given offset. */
  static void assertRead(RelayReader reader, byte[] all, long began, long from, long to)
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
}
