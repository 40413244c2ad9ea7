package io.cachesync.agent.rdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.moilioncircle.redis.replicator.Configuration;
import com.moilioncircle.redis.replicator.FileType;
import com.moilioncircle.redis.replicator.RedisReplicator;
import com.moilioncircle.redis.replicator.rdb.dump.DumpRdbVisitor;
import com.moilioncircle.redis.replicator.rdb.dump.datatype.DumpKeyValuePair;
import io.cachesync.agent.entry.ByteSource;
import io.cachesync.agent.entry.KeyValue;
import io.cachesync.contract.FaultCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Snapshots of real servers, with an independent parser as judge. */
class RdbReaderTest {
  private static final Path FIXTURES = Path.of("src/test/resources/rdb");

  /** What a snapshot holds, in order: database, key, type, expiry and DUMP payload of each key. */
  private record Contents(
      List<String> keys, Set<Integer> types, List<String> texts, RdbReader reader) {}

  static Stream<Path> fixtures() throws IOException {
    return Files.list(FIXTURES).filter(file -> file.toString().endsWith(".rdb")).sorted();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void readsTheSameKeysAsAnIndependentParser(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Contents contents = read(new ByteArrayInputStream(bytes)::read);
    assertThat(contents.keys()).isNotEmpty().isEqualTo(judge(bytes));
    assertThat(contents.reader().bytesRead()).isEqualTo(bytes.length);
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void readsTheSameHoweverTheBytesAreSplit(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    List<String> whole = read(new ByteArrayInputStream(bytes)::read).keys();
    Random random = new Random(5);
    for (int round = 0; round < 20; round++) {
      int most = 1 + random.nextInt(round < 10 ? 10 : 3000);
      ByteArrayInputStream in = new ByteArrayInputStream(bytes);
      ByteSource split =
          (into, offset, length) ->
              in.read(into, offset, Math.min(length, 1 + random.nextInt(most)));
      assertThat(read(split).keys()).isEqualTo(whole);
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void isNeverContentWithATruncatedSnapshot(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int step = bytes.length > 10_000 ? 37 : 1;
    for (int length = 0; length < bytes.length; length += step) {
      ByteArrayInputStream in = new ByteArrayInputStream(bytes, 0, length);
      assertThatThrownBy(() -> read(in::read))
          .as("first %d bytes", length)
          .isInstanceOfSatisfying(
              RdbFormatException.class,
              e -> assertThat(e.fault().code()).isEqualTo(FaultCode.RDB_CORRUPT));
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void noticesEveryDamagedByteOfASnapshotWithAChecksum(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    boolean summed = !file.toString().contains("raw");
    int step = summed ? 1 : 37;
    for (int at = 0; at < bytes.length; at += step) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= (byte) (1 << (at % 8));
      try {
        read(new ByteArrayInputStream(damaged)::read);
        // Without a checksum damage inside a value is nobody's to see, but must do no harm.
        assertThat(summed).as("byte %d", at).isFalse();
      } catch (RdbFormatException e) {
        assertThat(e.fault().message()).isNotBlank();
      }
    }
  }

  @Test
  void readsEveryTypeThatServersWrite() throws IOException {
    Set<Integer> types = new TreeSet<>();
    for (Path file : fixtures().toList()) {
      types.addAll(read(new ByteArrayInputStream(Files.readAllBytes(file))::read).types());
    }
    assertThat(types)
        .containsExactly(0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 24, 25);
  }

  @Test
  void tellsWhatStandsBesideTheKeys() throws IOException {
    Contents old = read("6.0-plain.rdb");
    assertThat(old.reader().version()).isEqualTo(9);
    assertThat(old.reader().serverVersion()).isEqualTo("6.0.5");
    assertThat(old.reader().keysAnnounced()).isEqualTo(old.keys().size());
    assertThat(old.reader().replStreamDb()).isEqualTo(-1);
    Contents recent = read("7.4-plain.rdb");
    assertThat(recent.texts())
        .hasSize(1)
        .allMatch(text -> text.startsWith("FUNCTION #!lua name=sample"));
    assertThat(recent.reader().version()).isEqualTo(12);
  }

  @ParameterizedTest
  @ValueSource(strings = {"7.4-plain.rdb", "7.4-raw.rdb"})
  void aGraceOnFieldsChangesHashesWithSuchFieldsAlone(String name) throws IOException {
    byte[] snapshot = Files.readAllBytes(FIXTURES.resolve(name));
    List<String> plain = read(source(snapshot)).keys();
    List<String> later = read(new RdbReader(source(snapshot), 1000, false)).keys();
    assertThat(later).hasSameSizeAs(plain);
    for (int i = 0; i < plain.size(); i++) {
      boolean expiring = plain.get(i).contains("hash:expiring fields:");
      assertThat(plain.get(i).equals(later.get(i))).as(plain.get(i)).isEqualTo(!expiring);
    }
  }

  @Test
  void handsOutPlainStringsAsTextAndOthersNot() throws IOException {
    List<String> texts = new ArrayList<>();
    RdbReader reader =
        new RdbReader(
            new ByteArrayInputStream(Files.readAllBytes(FIXTURES.resolve("7.4-plain.rdb")))::read);
    KeyValue value = new KeyValue();
    while (reader.next(value) != RdbRecord.END) {
      String key = new String(value.key(), StandardCharsets.ISO_8859_1);
      if (key.startsWith("string:")) {
        texts.add(value.isPlainString() ? text(value) : key + " is compressed");
      } else if (value.type() != RdbType.STRING) {
        assertThat(value.isPlainString()).isFalse();
      }
    }
    assertThat(texts)
        .contains("", "0", "-1", "127", "-128", "128", "-32768", "32767", "32768", "2147483647")
        .contains("-2147483648", "2147483648", "007", "1.5", "a\r\nb", "string:long is compressed");
  }

  @Test
  void readsTypesThatNoServerHereWrites() throws IOException {
    String module = "07 8100000000000000ff 0205 0181ffffffffffffffff 0300000000 040000000000000000";
    for (String value :
        List.of(
            "09 0401016101",
            module + "0503616263 00",
            "16 02 8100000100000000aa 0166 0176 00 0167 0177",
            "17 03616263")) {
      String hex = value.replace(" ", "");
      String snapshot = hex("REDIS0012") + hex.substring(0, 2) + "016b" + hex.substring(2);
      byte[] bytes = HexFormat.of().parseHex(snapshot + "ff" + "00".repeat(8));
      List<String> keys = read(new ByteArrayInputStream(bytes)::read).keys();
      assertThat(keys).hasSize(1).allMatch(key -> key.contains(hex.substring(2)));
    }
  }

  @Test
  void readsRecordsBesideTheKeys() throws IOException {
    String aux = "fa" + "0e" + hex("repl-stream-db") + "c005";
    String script = "fa" + "03" + hex("lua") + "08" + hex("return 1");
    String moduleAux = "f7" + "8100000000000000ff" + "0202" + "00";
    String slot = "f4" + "010203";
    String key = "fd" + "01000000" + "f803" + "f909" + "00" + "016b" + "0176";
    byte[] bytes =
        HexFormat.of()
            .parseHex(
                hex("REDIS0012") + aux + script + moduleAux + slot + key + "ff" + "00".repeat(8));
    Contents contents = read(new ByteArrayInputStream(bytes)::read);
    assertThat(contents.reader().replStreamDb()).isEqualTo(5);
    assertThat(contents.texts()).containsExactly("SCRIPT return 1");
    assertThat(contents.reader().moduleAux()).isEqualTo(1);
    assertThat(contents.keys()).hasSize(1).allMatch(text -> text.startsWith("0 k 0 1000 "));
  }

  /** What a Valkey 9.1.2 wrote while the slots 0 to 49 and 60 to 99 were coming in. */
  @Test
  void readsPastSlotsThatAreComingInToAValkey() throws IOException {
    String coming = "f3" + "28" + hex("babd53a509ad6c285bf38c8c609dd21fbcec952c") + "0200313c4063";
    byte[] bytes =
        HexFormat.of()
            .parseHex(hex("VALKEY080") + coming + "00" + "016b" + "0176" + "ff" + "00".repeat(8));
    Contents contents = read(new ByteArrayInputStream(bytes)::read);
    assertThat(contents.keys()).hasSize(1).allMatch(text -> text.startsWith("0 k 0 "));
  }

  @Test
  void readsOldSnapshotsWithoutAChecksum() throws IOException {
    byte[] bytes = HexFormat.of().parseHex(hex("REDIS0003") + "fe02" + "00016b0176" + "ff");
    assertThat(read(new ByteArrayInputStream(bytes)::read).keys())
        .hasSize(1)
        .allMatch(text -> text.startsWith("2 k 0 -1 "));
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    for (String hex :
        List.of(
            hex("VALKEY081"),
            hex("VALKEY012"),
            hex("REDIS0080"),
            hex("REDIS0014"),
            hex("REDIS0001"),
            hex("REDIS0012") + "06016b00",
            hex("REDIS0012") + "08016b00",
            hex("REDIS0013") + "1b016b00",
            hex("VALKEY080") + "17016b00",
            hex("VALKEY080") + "f200",
            hex("REDIS0012") + "f600",
            hex("REDIS0012") + "f300")) {
      assertThatThrownBy(() -> read(new ByteArrayInputStream(HexFormat.of().parseHex(hex))::read))
          .as(hex)
          .isInstanceOfSatisfying(
              RdbFormatException.class,
              e -> assertThat(e.fault().code()).isEqualTo(FaultCode.RDB_UNSUPPORTED));
    }
  }

  @Test
  void refusesAValueOverTheLimitAndBytesBehindTheEnd() {
    byte[] large = HexFormat.of().parseHex(hex("REDIS0006") + "00016b" + "800000ffff");
    assertThatThrownBy(() -> new RdbReader(source(large), 1000, 0).next(new KeyValue()))
        .isInstanceOfSatisfying(
            RdbFormatException.class,
            e -> assertThat(e.fault().code()).isEqualTo(FaultCode.VALUE_TOO_LARGE));
    byte[] module = HexFormat.of().parseHex(hex("REDIS0012") + "07016b05" + "0201".repeat(800_000));
    assertThatThrownBy(() -> new RdbReader(source(module), 1000, 0).next(new KeyValue()))
        .isInstanceOf(RdbFormatException.class);
    byte[] trailing = HexFormat.of().parseHex(hex("REDIS0006") + "ff" + "00".repeat(8) + "2a");
    assertThatThrownBy(() -> read(source(trailing))).isInstanceOf(RdbFormatException.class);
  }

  @Test
  void aCompressedStringCannotFillTheMemory() {
    // Five bytes that claim to be two gigabytes.
    byte[] bomb =
        HexFormat.of().parseHex(hex("REDIS0006") + "00" + "c3058077777777" + "0000000000");
    assertThatThrownBy(() -> read(source(bomb))).isInstanceOf(RdbFormatException.class);
  }

  private static ByteSource source(byte[] bytes) {
    return new ByteArrayInputStream(bytes)::read;
  }

  private static Contents read(String name) throws IOException {
    return read(source(Files.readAllBytes(FIXTURES.resolve(name))));
  }

  private static Contents read(ByteSource source) throws IOException {
    return read(new RdbReader(source));
  }

  private static Contents read(RdbReader reader) throws IOException {
    KeyValue value = new KeyValue();
    Contents contents = new Contents(new ArrayList<>(), new TreeSet<>(), new ArrayList<>(), reader);
    RdbRecord record = reader.next(value);
    while (record != RdbRecord.END) {
      if (record == RdbRecord.KEY) {
        contents
            .keys()
            .add(
                describe(
                    value.database(),
                    value.key(),
                    value.type(),
                    value.expireAtMillis(),
                    DumpPayload.of(value, reader.version())));
        contents.types().add(value.type());
      } else {
        contents.texts().add(record + " " + text(value));
      }
      record = reader.next(value);
    }
    return contents;
  }

  private static List<String> judge(byte[] bytes) throws IOException {
    List<String> keys = new ArrayList<>();
    try (RedisReplicator replicator =
        new RedisReplicator(
            new ByteArrayInputStream(bytes), FileType.RDB, Configuration.defaultSetting())) {
      replicator.setRdbVisitor(new DumpRdbVisitor(replicator));
      replicator.addEventListener(
          (from, event) -> {
            if (event instanceof DumpKeyValuePair pair) {
              keys.add(
                  describe(
                      (int) pair.getDb().getDbNumber(),
                      pair.getKey(),
                      pair.getValueRdbType(),
                      pair.getExpiredMs() == null ? -1 : pair.getExpiredMs(),
                      pair.getValue()));
            }
          });
      replicator.open();
    }
    return keys;
  }

  private static String describe(
      int database, byte[] key, int type, long expireAtMillis, byte[] payload) {
    return "%d %s %d %d %s"
        .formatted(
            database,
            new String(key, StandardCharsets.ISO_8859_1),
            type,
            expireAtMillis,
            HexFormat.of().formatHex(payload));
  }

  private static String text(KeyValue value) {
    return new String(
        Arrays.copyOfRange(
            value.textBuffer(), value.textOffset(), value.textOffset() + value.textLength()),
        StandardCharsets.ISO_8859_1);
  }

  private static String hex(String ascii) {
    return HexFormat.of().formatHex(ascii.getBytes(StandardCharsets.US_ASCII));
  }
}
