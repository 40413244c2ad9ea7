package io.cachesync.agent.rdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.moilioncircle.redis.replicator.Configuration;
import com.moilioncircle.redis.replicator.FileType;
import com.moilioncircle.redis.replicator.RedisReplicator;
import com.moilioncircle.redis.replicator.Replicator;
import com.moilioncircle.redis.replicator.io.RedisInputStream;
import com.moilioncircle.redis.replicator.rdb.BaseRdbParser;
import com.moilioncircle.redis.replicator.rdb.DefaultRdbValueVisitor;
import com.moilioncircle.redis.replicator.rdb.DefaultRdbVisitor;
import com.moilioncircle.redis.replicator.rdb.datatype.KeyStringValueHash;
import com.moilioncircle.redis.replicator.rdb.datatype.KeyStringValueList;
import com.moilioncircle.redis.replicator.rdb.datatype.KeyStringValueSet;
import com.moilioncircle.redis.replicator.rdb.datatype.KeyStringValueString;
import com.moilioncircle.redis.replicator.rdb.datatype.KeyStringValueZSet;
import com.moilioncircle.redis.replicator.rdb.datatype.KeyValuePair;
import io.cachesync.agent.entry.ByteSource;
import io.cachesync.agent.entry.KeyValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Snapshots of real servers cut into parts, with an independent parser as judge. */
class ValuePartsTest {
  private static final Path FIXTURES = Path.of("src/test/resources/rdb");
  private static final int LARGEST = 1 << 20;

  static Stream<Path> fixtures() throws IOException {
    return Files.list(FIXTURES).filter(file -> file.toString().endsWith(".rdb")).sorted();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void partsHoldWhatTheValueHolds(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Map<String, List<String>> judged = judge(bytes);
    Random random = new Random(6);
    for (int partBytes : new int[] {1, 2, 7, 20, 100}) {
      ByteArrayInputStream in = new ByteArrayInputStream(bytes);
      ByteSource split =
          (into, offset, length) -> in.read(into, offset, Math.min(length, 1 + random.nextInt(9)));
      Map<String, List<String>> parts = parts(split, partBytes);
      assertThat(parts).isNotEmpty();
      assertThat(judged).as("parts of %d bytes", partBytes).containsAllEntriesOf(parts);
    }
  }

  @Test
  void everyTypeThatIsNothingButElementsIsCut() throws IOException {
    TreeSet<Integer> types = new TreeSet<>();
    for (Path file : fixtures().toList()) {
      byte[] bytes = Files.readAllBytes(file);
      RdbReader reader = new RdbReader(new ByteArrayInputStream(bytes)::read, LARGEST, 0, 1);
      KeyValue value = new KeyValue();
      for (RdbRecord record = reader.next(value);
          record != RdbRecord.END;
          record = reader.next(value)) {
        if (record == RdbRecord.PART) {
          types.add(value.type());
        }
      }
    }
    assertThat(types).containsExactly(0, 1, 2, 3, 4, 5, 14, 18);
  }

  @Test
  void aValueThatIsLargerThanTheLimitPassesInParts() throws IOException {
    // A set of two strings of 3,000 bytes, and a plain string of 9,000.
    String member = "4bb8" + "61".repeat(3000);
    String snapshot =
        hex("REDIS0006")
            + "02016b02"
            + member
            + member
            + "00017380"
            + "00002328"
            + "62".repeat(9000)
            + "ff"
            + "00".repeat(8);
    RdbReader reader =
        new RdbReader(
            new ByteArrayInputStream(HexFormat.of().parseHex(snapshot))::read, 4000, 0, 500);
    KeyValue value = new KeyValue();
    List<Integer> lengths = new ArrayList<>();
    for (RdbRecord record = reader.next(value);
        record != RdbRecord.END;
        record = reader.next(value)) {
      assertThat(record).isEqualTo(RdbRecord.PART);
      lengths.add(value.isPlainString() ? value.textLength() : value.bodyLength());
    }
    assertThat(lengths.subList(0, 2)).containsExactly(3002, 3002);
    assertThat(lengths.subList(2, lengths.size())).hasSize(18).containsOnly(500);
  }

  @Test
  void aValueThatBreaksOffIsToldSo() {
    byte[] broken = HexFormat.of().parseHex(hex("REDIS0006") + "02016b05" + "0161".repeat(3));
    RdbReader reader = new RdbReader(new ByteArrayInputStream(broken)::read, LARGEST, 0, 2);
    KeyValue value = new KeyValue();
    assertThatThrownBy(
            () -> {
              while (true) {
                reader.next(value);
              }
            })
        .isInstanceOf(RdbFormatException.class);
  }

  /** Of the keys that came in parts: the text in one piece, or elements and pairs. */
  private static Map<String, List<String>> parts(ByteSource source, int partBytes)
      throws IOException {
    RdbReader reader = new RdbReader(source, LARGEST, 0, partBytes);
    KeyValue value = new KeyValue();
    PartElements elements = new PartElements();
    Map<String, List<String>> values = new HashMap<>();
    boolean open = false;
    for (RdbRecord record = reader.next(value);
        record != RdbRecord.END;
        record = reader.next(value)) {
      assertThat(record == RdbRecord.PART).isEqualTo(open || record == RdbRecord.PART);
      if (record != RdbRecord.PART) {
        continue;
      }
      assertThat(value.isFirstPart()).isEqualTo(!open);
      open = !value.isLastPart();
      String name = name(value.database(), value.key(), value.expireAtMillis());
      List<String> words = values.computeIfAbsent(name, none -> new ArrayList<>());
      if (value.isPlainString()) {
        String before = words.isEmpty() ? "" : words.remove(0);
        words.add(before + text(value.textBuffer(), value.textOffset(), value.textLength()));
      } else {
        elements.begin(value);
        while (elements.next()) {
          words.add(word(elements, value.type()));
        }
      }
    }
    return sorted(values);
  }

  private static String word(PartElements elements, int type) {
    String first = text(elements.buffer(0), elements.offset(0), elements.length(0));
    if (elements.words() == 1) {
      return first;
    }
    String second = text(elements.buffer(1), elements.offset(1), elements.length(1));
    return RdbType.typeName(type).equals("zset")
        ? score(Double.parseDouble(first.replace("inf", "Infinity"))) + " " + second
        : first + " " + second;
  }

  private static Map<String, List<String>> judge(byte[] bytes) throws IOException {
    Map<String, List<String>> values = new HashMap<>();
    try (RedisReplicator replicator =
        new RedisReplicator(
            new ByteArrayInputStream(bytes), FileType.RDB, Configuration.defaultSetting())) {
      replicator.setRdbVisitor(new DefaultRdbVisitor(replicator, new Judge(replicator)));
      replicator.addEventListener(
          (from, event) -> {
            if (event instanceof KeyValuePair<?, ?> pair && pair.getKey() instanceof byte[] key) {
              long expires = pair.getExpiredMs() == null ? -1 : pair.getExpiredMs();
              values.put(name((int) pair.getDb().getDbNumber(), key, expires), words(pair));
            }
          });
      replicator.open();
    }
    return sorted(values);
  }

  /** Goes over small sorted sets, which are never cut: it cannot read their infinite scores. */
  private static final class Judge extends DefaultRdbValueVisitor {
    Judge(Replicator replicator) {
      super(replicator);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T applyZSetZipList(RedisInputStream in, int version) throws IOException {
      new BaseRdbParser(in).rdbLoadPlainStringObject();
      return (T) new LinkedHashSet<>();
    }

    @Override
    public <T> T applyZSetListPack(RedisInputStream in, int version) throws IOException {
      return applyZSetZipList(in, version);
    }
  }

  private static List<String> words(KeyValuePair<?, ?> pair) {
    List<String> words = new ArrayList<>();
    if (pair instanceof KeyStringValueString string) {
      words.add(text(string.getValue()));
    } else if (pair instanceof KeyStringValueList list) {
      list.getValue().forEach(element -> words.add(text(element)));
    } else if (pair instanceof KeyStringValueSet set) {
      set.getValue().forEach(member -> words.add(text(member)));
    } else if (pair instanceof KeyStringValueHash hash) {
      hash.getValue().forEach((field, value) -> words.add(text(field) + " " + text(value)));
    } else if (pair instanceof KeyStringValueZSet set) {
      set.getValue()
          .forEach(entry -> words.add(score(entry.getScore()) + " " + text(entry.getElement())));
    }
    return words;
  }

  /** Lists keep their order, which the judge's sets and hashes do not have. */
  private static Map<String, List<String>> sorted(Map<String, List<String>> values) {
    values.replaceAll(
        (name, words) -> name.contains("list") ? words : words.stream().sorted().toList());
    return values;
  }

  private static String score(double score) {
    return Long.toHexString(Double.doubleToLongBits(score));
  }

  private static String name(int database, byte[] key, long expires) {
    return database + " " + text(key) + " " + expires;
  }

  private static String text(byte[] bytes) {
    return text(bytes, 0, bytes.length);
  }

  private static String text(byte[] bytes, int offset, int length) {
    return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
  }

  private static String hex(String ascii) {
    return HexFormat.of().formatHex(ascii.getBytes(StandardCharsets.US_ASCII));
  }
}
