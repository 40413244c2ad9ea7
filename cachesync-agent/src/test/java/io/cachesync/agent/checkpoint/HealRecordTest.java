package io.cachesync.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.resp.RespReader;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.Healed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealRecordTest {
  private static final byte[] BINARY = {0, ':', (byte) 0xff, '\r', '\n', ' '};

  @Test
  void readsWhatItWrites() throws IOException {
    HealRecord record = new HealRecord();
    record.ahead().put(new DatabaseKey(0, "plain".getBytes()), 4711L);
    record.ahead().put(new DatabaseKey(12, BINARY), Long.MAX_VALUE);
    record.ahead().put(new DatabaseKey(3, new byte[0]), 1L);
    record.unanswered().add(new DatabaseKey(12, BINARY));
    record.countHealed(HealReason.REFUSED, 2);
    record.countHealed(HealReason.REFUSED, 3);
    record.countUnsupported();
    record.countUnsupported();
    assertThat(record.sweptUpTo()).isEqualTo(-1);
    record.sweptUpTo(4712);
    DeadLetter letter =
        HealRecord.letter(99, "RPUSH", new DatabaseKey(2, BINARY), "too large: 5 > 4");
    DeadLetter keyless = new DeadLetter(100, -1, "EVAL", "", "", "no");
    assertThat(record.add(letter)).isZero();
    assertThat(record.add(keyless)).isEqualTo(1);

    HealRecord read = HealRecord.of(reply(record.words()));

    assertThat(read.ahead()).isEqualTo(record.ahead());
    assertThat(read.unanswered()).isEqualTo(record.unanswered());
    assertThat(read.healed()).containsExactly(new Healed(HealReason.REFUSED, 5));
    assertThat(read.unsupportedKeys()).isEqualTo(2);
    assertThat(read.sweptUpTo()).isEqualTo(4712);
    assertThat(read.deadLetters()).containsExactlyInAnyOrder(letter, keyless);
    assertThat(letter.key()).isEqualTo("\\x00:\\xFF\\x0D\\x0A ");
    assertThat(letter.keyBase64()).isEqualTo("ADr/DQog");
  }

  /**
   * Who does not know the one field takes it for the other: both say that the slot is to be
   * fetched.
   */
  @Test
  void tellsTheSlotsWhoseKeysAreKnownFromThoseThatAreToBeFetched() throws IOException {
    HealRecord record = new HealRecord();
    record.moved().put(5, 0L);
    record.moved().put(16_383, 0L);
    record.moved().put(7, 4711L);
    record.listedSlots().set(16_383);

    HealRecord read = HealRecord.of(reply(record.words()));

    assertThat(read.moved()).isEqualTo(record.moved());
    assertThat(read.listedSlots()).isEqualTo(record.listedSlots());
    assertThat(HealRecord.movedSlot(HealRecord.listedField(16_383))).isEqualTo(16_383);
    assertThat(HealRecord.of(reply(read.words())).isEmpty()).isFalse();
  }

  private static io.cachesync.agent.resp.RespValue reply(List<byte[]> words) throws IOException {
    RespWriter out = new RespWriter().begin(words.size());
    words.forEach(out::arg);
    return new RespReader(new ByteArrayInputStream(out.toByteArray())).read();
  }
}
