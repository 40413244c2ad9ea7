package io.cachesync.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

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
    assertThat(keys("XGROUP CREATE s g $")).containsExactly("s");
    assertThat(keys("PUBLISH channel text")).isEmpty();
    assertThat(keys("RENAME a b")).containsExactly("a", "b");
  }

  private List<String> keys(String line) {
    String[] words = line.split(" ");
    List<String> keys = new ArrayList<>();
    table
        .find(words[0])
        .keys()
        .visit(
            new Keys.Arguments() {
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
            },
            argument -> keys.add(words[argument]));
    return keys;
  }
}
