package io.cachesync.agent.writer;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.command.CommandTable;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.entry.StreamFormatException;
import io.cachesync.agent.entry.StreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExpiryWatchTest {
  private final TargetFeatures target = new TargetFeatures(704, 12, "redis 7.4", 1000, 1000, false);
  private final ExpiringKeys keys = new ExpiringKeys();
  private final ExpiryWatch watch = new ExpiryWatch(target, keys, CommandTable.standard());
  private final Batch batch = new Batch(0);

  @BeforeEach
  void everythingIsSeen() {
    keys.begin();
  }

  @Test
  void aLateCommandIsPrecededByACheckOfEachKeyThatMayExpire() throws Exception {
    see(false, "PEXPIREAT", "a", "1");
    batch.clear();
    assertThat(see(true, "SUNIONSTORE", "b", "a", "c")).containsExactly("PTTL a");
    assertThat(see(true, "INCR", "c")).isEmpty();
  }

  /**
   * What has little time left stays where import-mode is on; what is gone is in doubt all the same.
   */
  @Test
  void whereNoTimeEndsAKeyItIsOnlyAskedWhetherItIsThere() throws Exception {
    ExpiryWatch importing =
        new ExpiryWatch(
            new TargetFeatures(702, 11, "valkey 8.1", 1000, 1000, true),
            keys,
            CommandTable.standard());
    see(importing, false, "PEXPIREAT", "a", "1");
    batch.clear();
    assertThat(see(importing, true, "INCR", "a")).containsExactly("PTTL a");
    assertThat(batch.answer(0)).isEqualTo(Batch.Answer.THERE);
    batch.clear();
    see(true, "INCR", "a");
    assertThat(batch.answer(0)).isEqualTo(Batch.Answer.TIME_LEFT);
  }

  @Test
  void whatReplacesNeedsNoCheck() throws Exception {
    see(false, "SET", "a", "v", "PXAT", "99");
    assertThat(see(true, "DEL", "a")).isEmpty();
    assertThat(see(true, "SET", "a", "v")).isEmpty();
    assertThat(see(true, "SET", "a", "v", "KEEPTTL")).containsExactly("PTTL a");
  }

  @Test
  void aTimeGoesWithTheValueToAnotherKey() throws Exception {
    see(false, "PEXPIREAT", "a", "1");
    see(false, "RENAME", "a", "b");
    see(false, "COPY", "b", "c");
    batch.clear();
    assertThat(see(true, "APPEND", "c", "x")).containsExactly("PTTL c");
  }

  @Test
  void whatIsNotLateIsToldToBeUnchecked() throws Exception {
    see(false, "INCR", "a");
    assertThat(batch.isUnchecked()).isFalse();
    see(false, "PEXPIREAT", "a", "1");
    assertThat(batch.isUnchecked()).isTrue();
    batch.clear();
    assertThat(batch.isUnchecked()).isFalse();
  }

  @Test
  void theTextOfAScriptIsCheckedAlways() throws Exception {
    assertThat(see(false, "EVAL", "return 1", "1", "a")).containsExactly("PTTL a");
  }

  @Test
  void aFieldIsCheckedWhereItsHashHasTimes() throws Exception {
    assertThat(see(true, "HINCRBY", "h", "f", "1")).isEmpty();
    see(false, "HPEXPIREAT", "h", "99", "FIELDS", "1", "f");
    batch.clear();
    assertThat(see(true, "HINCRBY", "h", "f", "1")).containsExactly("PTTL h", "HPTTL h FIELDS 1 f");
    assertThat(see(false, "HINCRBY", "h", "f", "1")).isEmpty();
  }

  @Test
  void everythingMayExpireWhereTheBeginningWasNotSeen() throws Exception {
    ExpiringKeys unknown = new ExpiringKeys();
    ExpiryWatch other = new ExpiryWatch(target, unknown, CommandTable.standard());
    assertThat(see(other, true, "INCR", "a")).containsExactly("PTTL a");
  }

  private List<String> see(boolean late, String... words) throws StreamFormatException {
    return see(watch, late, words);
  }

  /** The checks that are put before a command. */
  private List<String> see(ExpiryWatch asked, boolean late, String... words)
      throws StreamFormatException {
    StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      text.append("$" + word.length() + "\r\n" + word + "\r\n");
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
    StreamReader reader = new StreamReader(0);
    reader.append(bytes, 0, bytes.length, 0);
    StreamCommand in = reader.next();
    int before = batch.bytes();
    asked.see(CommandTable.standard().find(words[0]), in, late, batch);
    return commands(
        new String(batch.buffer(), before, batch.bytes() - before, StandardCharsets.ISO_8859_1));
  }

  private static List<String> commands(String resp) {
    List<String> commands = new ArrayList<>();
    for (String command : resp.split("\\*\\d+\r\n")) {
      if (!command.isEmpty()) {
        commands.add(command.replaceAll("\\$\\d+\r\n", "").replace("\r\n", " ").trim());
      }
    }
    return commands;
  }
}
