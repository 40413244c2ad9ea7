package io.cachesync.agent.rdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.entry.KeyValue;
import io.cachesync.agent.rdb.OlderForm.Form;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a newer server saved is loaded by older ones, and is the same there. */
class OlderFormIT {
  @ParameterizedTest
  @CsvSource({
    "V7_4, 12, V7_0, 10",
    "V7_4, 12, V6_2, 9",
    "V7_4, 12, V6_0, 9",
    "V7_4, 12, V3_2, 7",
    "V7_4, 12, V2_8, 6",
    "V7_0, 10, V3_2, 7",
    "V6_2, 9, V3_2, 7",
    "V6_2, 9, V2_8, 6",
    "V3_2, 7, V2_8, 6"
  })
  void everyEncodingIsTheSameAtAnOlderServer(
      ServerVersion newer, int written, ServerVersion older, int loads) throws IOException {
    isTheSame(newer, written, older, loads);
  }

  @ParameterizedTest
  @CsvSource({
    "V8_6, 13, V8_0, 12",
    "V8_6, 13, VALKEY_8, 11",
    "V8_6, 13, V6_2, 9",
    "V8_6, 13, VALKEY_9, 80",
    "V7_4, 12, VALKEY_9, 80",
    "V7_0, 10, VALKEY_9, 80"
  })
  @EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
  void everyEncodingOfNewerServersToo(
      ServerVersion newer, int written, ServerVersion older, int loads) throws IOException {
    isTheSame(newer, written, older, loads);
  }

  private static void isTheSame(ServerVersion newer, int written, ServerVersion older, int loads)
      throws IOException {
    try (RedisServer source = new RedisServer(newer).start();
        RedisServer target = new RedisServer(older).start();
        RespClient from = source.client();
        RespClient to = target.client()) {
      EncodingSample.fill(from, newer);
      EncodingSample.lowerThresholds(to, older);
      from.call("SAVE");
      Path saved = Path.of(from.list("CONFIG", "GET", "dir").get(1).toString(), "dump.rdb");
      RdbReader reader = new RdbReader(Files.newInputStream(saved)::read);
      OlderForm form = new OlderForm(loads);
      KeyValue value = new KeyValue();
      List<String> without = new ArrayList<>();
      for (RdbRecord record = reader.next(value);
          record != RdbRecord.END;
          record = reader.next(value)) {
        if (record == RdbRecord.KEY) {
          Form taken = form.of(value);
          if (taken == Form.NONE) {
            from.call("DEL", text(value.key()));
          } else {
            restore(value, to);
          }
          if (taken == Form.NONE || taken == Form.WITHOUT_FIELD_TIMES) {
            without.add(text(value.key()));
          }
        } else if (loads >= 10) {
          to.call("FUNCTION", "LOAD", text(value));
        }
      }
      assertThat(reader.version()).isEqualTo(written);
      assertThat(without).allMatch(key -> key.startsWith("stream") || key.contains("expiring f"));
      assertThat(without.stream().filter(key -> key.startsWith("stream")).count())
          .isEqualTo(written >= 9 && loads < 9 ? 2 : 0);
      DatasetComparer.assertEqual(source, target);
    }
  }

  private static void restore(KeyValue value, RespClient to) {
    to.call("SELECT", Integer.toString(value.database()));
    byte[] payload = DumpPayload.of(value, RdbType.minVersion(value.type()));
    String key = text(value.key());
    assertThat(to.text("RESTORE", key, "0", text(payload))).as(key).isEqualTo("OK");
    if (value.expireAtMillis() != KeyValue.NO_EXPIRY) {
      to.call("PEXPIREAT", key, Long.toString(value.expireAtMillis()));
    }
  }

  private static String text(KeyValue library) {
    return new String(
        library.textBuffer(),
        library.textOffset(),
        library.textLength(),
        StandardCharsets.ISO_8859_1);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
