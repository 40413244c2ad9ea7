package io.cachesync.agent.rdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.moilioncircle.redis.replicator.Configuration;
import com.moilioncircle.redis.replicator.FileType;
import com.moilioncircle.redis.replicator.RedisReplicator;
import com.moilioncircle.redis.replicator.rdb.datatype.KeyStringValueStream;
import com.moilioncircle.redis.replicator.rdb.datatype.KeyValuePair;
import com.moilioncircle.redis.replicator.rdb.datatype.Stream.Group;
import com.moilioncircle.redis.replicator.rdb.datatype.TTLValue;
import com.moilioncircle.redis.replicator.rdb.datatype.ZSetEntry;
import io.cachesync.agent.entry.ByteSource;
import io.cachesync.agent.entry.KeyValue;
import io.cachesync.agent.rdb.OlderForm.Form;
import io.cachesync.contract.FaultCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Values that real servers saved, in older forms, with an independent parser as judge. */
class OlderFormTest {
  @ParameterizedTest
  @MethodSource("io.cachesync.agent.rdb.RdbReaderTest#fixtures")
  void holdsTheSameInEveryOlderForm(Path file) throws IOException {
    byte[] snapshot = Files.readAllBytes(file);
    SortedMap<String, String> whole = judge(older(snapshot, 12, new ArrayList<>()));
    for (int version = 6; version <= 12; version++) {
      List<String> none = new ArrayList<>();
      SortedMap<String, String> older = judge(older(snapshot, version, none));
      assertThat(none).allMatch(key -> key.startsWith("stream"));
      assertThat(older.keySet()).hasSize(whole.size() - none.size());
      for (Map.Entry<String, String> each : older.entrySet()) {
        assertThat(each.getValue())
            .as("%s in version %d", each.getKey(), version)
            .isEqualTo(whole.get(each.getKey()));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.cachesync.agent.rdb.RdbReaderTest#fixtures")
  void damageDoesNoHarm(Path file) throws IOException {
    Random random = new Random(3);
    RdbReader reader = new RdbReader(source(Files.readAllBytes(file)));
    OlderForm form = new OlderForm(6);
    KeyValue value = new KeyValue();
    while (reader.next(value) != RdbRecord.END) {
      int type = value.type();
      if (value.bodyLength() == 0 || value.bodyLength() > 500) {
        continue;
      }
      for (int i = 0; i < 300; i++) {
        byte[] body = new byte[value.bodyLength()];
        System.arraycopy(value.bodyBuffer(), value.bodyOffset(), body, 0, body.length);
        body[random.nextInt(body.length)] ^= (byte) (1 << random.nextInt(8));
        KeyValue damaged = value(type, body);
        try {
          form.of(damaged);
        } catch (RdbFormatException e) {
          assertThat(e.fault().message()).isNotBlank();
        }
      }
    }
  }

  @Test
  void leavesAloneWhatTheVersionKnows() throws IOException {
    byte[] body = HexFormat.of().parseHex("0401016101");
    KeyValue value = value(RdbType.HASH_ZIPMAP, body);
    assertThat(new OlderForm(6).of(value)).isEqualTo(Form.AS_IT_WAS);
    assertThat(value.bodyBuffer()).isSameAs(body);
    byte[] module = HexFormat.of().parseHex("8100000000000000ff00");
    assertThat(new OlderForm(7).of(value(RdbType.MODULE_2, module))).isEqualTo(Form.NONE);
    assertThat(new OlderForm(8).of(value(RdbType.MODULE_2, module))).isEqualTo(Form.AS_IT_WAS);
  }

  @ParameterizedTest
  @CsvSource({"16 02 8100000100000000aa 0166 0176 00 0167 0177, 02 0166 0176 0167 0177"})
  void readsHashesOfReleaseCandidatesToo(String given, String expected) throws IOException {
    byte[] bytes = HexFormat.of().parseHex(given.replace(" ", ""));
    byte[] body = new byte[bytes.length - 1];
    System.arraycopy(bytes, 1, body, 0, body.length);
    KeyValue value = value(bytes[0], body);
    assertThat(new OlderForm(11).of(value)).isEqualTo(Form.WITHOUT_FIELD_TIMES);
    assertThat(value.type()).isEqualTo(RdbType.HASH);
    assertThat(HexFormat.of().formatHex(value.bodyBuffer(), 0, value.bodyLength()))
        .isEqualTo(expected.replace(" ", ""));
  }

  @Test
  void everyScoreIsTheSameToItsLastBit() throws IOException {
    Random random = new Random(11);
    for (int i = 0; i < 20_000; i++) {
      double score =
          i < 100 ? Math.scalb(1.0, i * 20 - 1060) : Double.longBitsToDouble(random.nextLong());
      if (i == 0) {
        score = -0.0;
      }
      if (Double.isNaN(score) || Double.isInfinite(score)) {
        continue;
      }
      BodyOut out = new BodyOut(1000);
      out.score(score);
      String text = new String(out.buffer(), 1, out.length() - 1, StandardCharsets.US_ASCII);
      assertThat(Double.doubleToLongBits(Double.parseDouble(text)))
          .isEqualTo(Double.doubleToLongBits(score));
    }
  }

  @Test
  void refusesWhatBecomesTooLarge() {
    byte[] lzf = HexFormat.of().parseHex("01c3" + "09" + "4038" + "0061e0ff00e0ff00e0");
    assertThatThrownBy(
            () -> new OlderForm(6, 20).of(value(RdbType.SET_LISTPACK, listpackOf("x".repeat(40)))))
        .isInstanceOfSatisfying(
            RdbFormatException.class,
            e -> assertThat(e.fault().code()).isEqualTo(FaultCode.VALUE_TOO_LARGE));
    assertThatThrownBy(() -> new OlderForm(6).of(value(RdbType.LIST_QUICKLIST_2, lzf)))
        .isInstanceOf(RdbFormatException.class);
  }

  private static byte[] listpackOf(String element) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int length = 6 + 1 + element.length() + 1 + 1;
    bytes.write(length);
    bytes.writeBytes(new byte[] {(byte) length, 0, 0, 0, 1, 0});
    bytes.write(0x80 | element.length());
    bytes.writeBytes(element.getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(new byte[] {(byte) (1 + element.length()), (byte) 0xff});
    return bytes.toByteArray();
  }

  private static KeyValue value(int type, byte[] body) {
    KeyValue value = new KeyValue();
    value.reset(0, type, KeyValue.NO_EXPIRY);
    value.body(body, 0, body.length);
    return value;
  }

  /** A snapshot with the same values in the form of this version. */
  private static byte[] older(byte[] snapshot, int version, List<String> none) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes("REDIS%04d".formatted(12).getBytes(StandardCharsets.US_ASCII));
    RdbReader reader = new RdbReader(source(snapshot));
    OlderForm form = new OlderForm(version);
    KeyValue value = new KeyValue();
    for (RdbRecord record = reader.next(value);
        record != RdbRecord.END;
        record = reader.next(value)) {
      if (record != RdbRecord.KEY || isTooMuchForTheJudge(value)) {
        continue;
      }
      if (form.of(value) == Form.NONE) {
        none.add(new String(value.key(), StandardCharsets.ISO_8859_1));
        continue;
      }
      assertThat(RdbType.minVersion(value.type())).isLessThanOrEqualTo(version);
      bytes.write(0xfe);
      bytes.write(value.database());
      bytes.write(value.type());
      BodyOut key = new BodyOut(1 << 20);
      key.string(value.key(), 0, value.key().length);
      bytes.write(key.buffer(), 0, key.length());
      bytes.write(value.bodyBuffer(), value.bodyOffset(), value.bodyLength());
    }
    bytes.write(0xff);
    bytes.writeBytes(new byte[8]);
    return bytes.toByteArray();
  }

  /** It does not know infinity in a packed list. */
  private static boolean isTooMuchForTheJudge(KeyValue value) {
    return new String(value.key(), StandardCharsets.ISO_8859_1).equals("zset:scores");
  }

  private static ByteSource source(byte[] bytes) {
    return new ByteArrayInputStream(bytes)::read;
  }

  /** Database and key to what the value holds, but for what older versions do not have. */
  private static SortedMap<String, String> judge(byte[] snapshot) throws IOException {
    SortedMap<String, String> values = new TreeMap<>();
    try (RedisReplicator replicator =
        new RedisReplicator(
            new ByteArrayInputStream(snapshot), FileType.RDB, Configuration.defaultSetting())) {
      replicator.addEventListener(
          (from, event) -> {
            if (event instanceof KeyValuePair<?, ?> pair) {
              values.put(
                  pair.getDb().getDbNumber() + " " + told(pair.getKey()),
                  event instanceof KeyStringValueStream stream
                      ? told(stream.getValue())
                      : told(pair.getValue()));
            }
          });
      replicator.open();
    }
    return values;
  }

  private static String told(com.moilioncircle.redis.replicator.rdb.datatype.Stream stream) {
    StringBuilder text = new StringBuilder();
    text.append(stream.getLastId()).append(' ').append(stream.getLength());
    stream
        .getEntries()
        .forEach((id, entry) -> text.append(' ').append(id).append(told(entry.getFields())));
    for (Group group : stream.getGroups()) {
      text.append("\n").append(told(group.getName())).append(group.getLastId());
      group
          .getPendingEntries()
          .forEach(
              (id, nack) ->
                  text.append(' ')
                      .append(id)
                      .append(nack.getDeliveryTime() + nack.getDeliveryCount()));
      group
          .getConsumers()
          .forEach(
              consumer ->
                  text.append(told(consumer.getName()))
                      .append(consumer.getSeenTime())
                      .append(consumer.getPendingEntries().keySet()));
    }
    return text.toString();
  }

  private static String told(Object value) {
    if (value instanceof byte[] bytes) {
      return HexFormat.of().formatHex(bytes);
    }
    if (value instanceof TTLValue timed) {
      return told(timed.getValue());
    }
    if (value instanceof ZSetEntry entry) {
      return told(entry.getElement()) + "=" + entry.getScore();
    }
    if (value instanceof List<?> list) {
      return list.stream().map(OlderFormTest::told).toList().toString();
    }
    if (value instanceof Collection<?> set) {
      return set.stream().map(OlderFormTest::told).sorted().toList().toString();
    }
    if (value instanceof Map<?, ?> map) {
      SortedMap<String, String> sorted = new TreeMap<>();
      map.forEach((key, each) -> sorted.put(told(key), told(each)));
      return sorted.toString();
    }
    return String.valueOf(value);
  }
}
