package io.cachesync.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.resp.RespReader;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.Healed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
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

  @Test
  void aScriptIsListedWithTheNumberOfItsCallsAlsoOverRestarts() throws IOException {
    HealRecord record = new HealRecord();
    DeadLetter key = HealRecord.letter(90, "XADD", new DatabaseKey(0, BINARY), "no streams");
    assertThat(record.addOnce(key)).isZero();
    assertThat(record.addCounted(script(100, "return 1"))).isEqualTo(1);
    assertThat(record.addCounted(script(100, "return 1"))).isEqualTo(1);
    assertThat(record.addCounted(script(200, ""))).isEqualTo(1);

    HealRecord read = HealRecord.of(reply(backwards(record.words())));
    assertThat(read.deadLetters()).containsExactly(key, record.deadLetters().get(1));
    assertThat(read.addCounted(script(200, ""))).isEqualTo(1);
    assertThat(read.addCounted(script(300, ""))).isEqualTo(1);
    assertThat(read.addOnce(HealRecord.letter(400, "SET", new DatabaseKey(0, BINARY), "new")))
        .isEqualTo(2);

    DeadLetter counted = HealRecord.of(reply(read.words())).deadLetters().get(1);
    assertThat(counted.times()).isEqualTo(3);
    assertThat(counted.offset()).isEqualTo(100);
    assertThat(counted.lastOffset()).isEqualTo(300);
    assertThat(counted.text()).isEqualTo("return 1");
    assertThat(counted.otherKeys()).containsExactly("a b;c,d", "é");
  }

  /** A flush of the source removes the record of a cluster too: what lasts is written behind it. */
  @Test
  void scriptsAreRememberedOverAFlush() throws IOException {
    HealRecord record = new HealRecord();
    record.scripts().add("ab12", 5, "3 ARGV1");
    assertThat(record.lastingWords()).containsExactly("l:ab12", "5 3 ARGV1");
    assertThat(HealRecord.of(reply(record.words())).scripts().words("ab12")).isEqualTo("3 ARGV1");
  }

  /** The builds before scripts were told knew five words, and wrote back what they had read. */
  @Test
  void aLetterIsReadAsFormerBuildsWroteIt() throws IOException {
    List<byte[]> former =
        List.of(
            "d:1".getBytes(),
            "7 -1 EVAL - it names no key".getBytes(),
            "d:0".getBytes(),
            "5 2 XADD cw== the target has no streams".getBytes());
    HealRecord read = HealRecord.of(reply(former));
    assertThat(read.deadLetters())
        .containsExactly(
            new DeadLetter(5, 2, "XADD", "s", "", "the target has no streams"),
            new DeadLetter(7, -1, "EVAL", "", "", "it names no key"));
    assertThat(read.words()).containsExactlyInAnyOrderElementsOf(former);
  }

  private static DeadLetter script(long offset, String text) {
    return new DeadLetter(
        offset,
        3,
        "EVAL",
        "",
        "",
        "it names no key",
        1,
        offset,
        "ab12",
        text,
        List.of("a b;c,d", "é"));
  }

  private static List<byte[]> backwards(List<byte[]> words) {
    List<byte[]> turned = new ArrayList<>();
    for (int i = words.size() - 2; i >= 0; i -= 2) {
      turned.addAll(words.subList(i, i + 2));
    }
    return turned;
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
