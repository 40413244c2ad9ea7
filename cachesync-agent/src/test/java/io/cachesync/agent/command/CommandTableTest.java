package io.cachesync.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.StreamCommands;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandTableTest {
  private final CommandTable table = CommandTable.standard();

  @Test
  void findsEachCommandInAnyCase() {
    for (Command command : table.commands()) {
      assertThat(table.find(command.name())).isSameAs(command);
      assertThat(table.find(command.name().toLowerCase(java.util.Locale.ROOT))).isSameAs(command);
    }
    assertThat(table.find("zPopMin").since()).isEqualTo(500);
    assertThat(table.find("SETX").known()).isFalse();
    assertThat(table.find("").known()).isFalse();
  }

  /** The console knows the names too, which cannot read the table. */
  @Test
  void isToldWholeInTheContract() {
    assertThat(table.commands())
        .filteredOn(command -> command.role() != Role.CONTROL)
        .extracting(Command::name)
        .containsExactlyInAnyOrderElementsOf(StreamCommands.all());
    assertThat(table.commands())
        .filteredOn(command -> StreamCommands.isFrame(command.name()))
        .extracting(Command::role)
        .hasSize(8)
        .containsOnly(Role.CONTROL);
  }

  @Test
  void findsTheKeysOfACommandLine() {
    assertThat(keys("SET k v")).containsExactly("k");
    assertThat(keys("DEL a b c")).containsExactly("a", "b", "c");
    assertThat(keys("MSET a 1 b 2")).containsExactly("a", "b");
    assertThat(keys("BITOP AND d a b")).containsExactly("d", "a", "b");
    assertThat(keys("ZUNIONSTORE d 2 a b WEIGHTS 1 2")).containsExactly("d", "a", "b");
    assertThat(keys("EVAL script 1 a b")).containsExactly("a");
    assertThat(keys("EVAL script 0 a b")).isEmpty();
    assertThat(keys("SORT a BY nosort STORE d")).containsExactly("a", "d");
    assertThat(keys("GEORADIUS a 1 2 3 km STOREDIST d")).containsExactly("a", "d");
    assertThat(keys("GEORADIUS a 1 2 3 km COUNT 1 ANY")).containsExactly("a");
    assertThat(keys("XGROUP CREATE s g $")).containsExactly("s");
    assertThat(keys("PUBLISH channel text")).isEmpty();
    assertThat(keys("RENAME a b")).containsExactly("a", "b");
  }

  @Test
  void takesNoNameForAnOption() {
    assertThat(keys("SORT a STORE store DESC")).containsExactly("a", "store");
    assertThat(keys("SORT store STORE d ALPHA")).containsExactly("store", "d");
    assertThat(keys("SORT a STORE d BY store ASC")).containsExactly("a", "d");
    assertThat(keys("SORT a STORE d GET store GET # LIMIT 0 2")).containsExactly("a", "d");
    assertThat(keys("SORT a BY store STORE limit DESC ALPHA")).containsExactly("a", "limit");
    assertThat(keys("sort a store get store d desc")).containsExactly("a", "d");
    assertThat(keys("SORT a GET store")).containsExactly("a");
    assertThat(keys("SORT a BY store")).containsExactly("a");
    assertThat(keys("GEORADIUS a 1 2 3 km STORE storedist ASC")).containsExactly("a", "storedist");
    assertThat(keys("GEORADIUS a 1 2 3 km STORE d STOREDIST e COUNT 5")).containsExactly("a", "e");
    assertThat(keys("GEORADIUSBYMEMBER store STORE 3 km STORE store DESC"))
        .containsExactly("store", "store");
    assertThat(keys("GEORADIUSBYMEMBER a STORE 3 km")).containsExactly("a");
  }

  @Test
  void tellsWhatOnlyReplaces() {
    assertThat(
            List.of(
                "SET k v",
                "SET k KEEPTTL",
                "SET k v NX PXAT 1",
                "SETNX k v",
                "SETEX k 1 v",
                "MSET a 1 b 2",
                "DEL a b",
                "UNLINK a",
                "GETSET k v",
                "RESTORE k 0 payload"))
        .allMatch(this::replaces);
    assertThat(
            List.of(
                "SET k v KEEPTTL",
                "PEXPIREAT k 1",
                "PERSIST k",
                "HSET k f v",
                "SADD k m",
                "RENAME a b",
                "COPY a b REPLACE",
                "SUNIONSTORE d a b",
                "EVAL script 1 k",
                "PUBLISH channel text",
                "FLUSHALL"))
        .noneMatch(this::replaces);
  }

  @Test
  void tellsWhichKeysAreWritten() {
    assertThat(table.find("SUNIONSTORE").writes()).isEqualTo(Writes.FIRST);
    assertThat(table.find("PFMERGE").writes()).isEqualTo(Writes.FIRST);
    assertThat(table.find("COPY").writes()).isEqualTo(Writes.LAST);
    assertThat(table.find("SORT").writes()).isEqualTo(Writes.LAST);
    assertThat(table.find("RENAME").writes()).isEqualTo(Writes.ALL);
    assertThat(table.find("LMOVE").writes()).isEqualTo(Writes.ALL);
  }

  private boolean replaces(String line) {
    String[] words = line.split(" ");
    return table.find(words[0]).replaces(new Line(words));
  }

  private List<String> keys(String line) {
    String[] words = line.split(" ");
    List<String> keys = new ArrayList<>();
    table.find(words[0]).keys().visit(new Line(words), argument -> keys.add(words[argument]));
    return keys;
  }

  private record Line(String... words) implements Keys.Arguments {
    @Override
    public int count() {
      return words.length;
    }

    @Override
    public boolean is(int argument, String word) {
      return words[argument].equalsIgnoreCase(word);
    }

    @Override
    public long number(int argument) {
      return Long.parseLong(words[argument]);
    }
  }
}
