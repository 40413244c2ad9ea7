package io.cachesync.agent.writer;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.command.Command;
import io.cachesync.agent.command.CommandTable;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.entry.StreamReader;
import io.cachesync.agent.resp.RespWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** foo falls in slot 12182, bar in 5061, {user}x in 5474. */
class SlotRouterTest {
  private final SlotRouter router = new SlotRouter();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SET foo v                     | ONE_SLOT | 12182
          del foo                       | ONE_SLOT | 12182
          DEL foo bar                   | SPLIT    | 12182 5061
          UNLINK foo foo                | ONE_SLOT | 12182 12182
          MSET foo 1 bar 2 {foo}b 3     | SPLIT    | 12182 5061 12182
          MSETNX foo 1 bar 2            | SPLIT    | 12182 5061
          MSET {user}a foo {user}b bar  | ONE_SLOT | 5474 5474
          RENAME foo bar                | CROSSES  | 12182 5061
          RENAME {foo}a {foo}b          | ONE_SLOT | 12182 12182
          SUNIONSTORE foo {foo}1 bar    | CROSSES  | 12182 12182 5061
          ZUNIONSTORE foo 2 {foo}1 bar WEIGHTS 1 2 | CROSSES | 12182 12182 5061
          SORT foo BY nosort STORE bar  | CROSSES  | 12182 5061
          SORT foo BY bar               | ONE_SLOT | 12182
          SORT foo{store} STORE store DESC | CROSSES | 7858 7858
          SORT foo{store} DESC STORE store | ONE_SLOT | 7858 7858
          SORT foo STORE {foo}1 DESC    | ONE_SLOT | 12182 12182
          GEORADIUS foo 1 2 3 m STOREDIST bar | CROSSES | 12182 5061
          BITOP AND foo bar             | CROSSES  | 12182 5061
          LMOVE foo bar LEFT LEFT       | CROSSES  | 12182 5061
          PFMERGE foo {foo}1            | ONE_SLOT | 12182 12182
          XGROUP CREATE foo bar $       | ONE_SLOT | 12182
          EVAL foo 2 {user}1 {user}2 bar | ONE_SLOT | 5474 5474
          EVAL foo 2 foo bar            | CROSSES  | 12182 5061
          EVAL foo 0 bar                | KEYLESS  |
          PUBLISH foo bar               | KEYLESS  |
          FLUSHALL                      | KEYLESS  |
          SCRIPT LOAD foo               | KEYLESS  |
          """)
  void findsTheSlotsOfKeys(String line, SlotRouter.Route route, String slots) throws Exception {
    assertThat(route(line.split(" "))).isEqualTo(route);
    assertThat(slots()).isEqualTo(slots == null ? "" : slots);
    if (route != SlotRouter.Route.KEYLESS) {
      assertThat(slots).startsWith(Integer.toString(router.slot()));
    }
  }

  @Test
  void tellsWhichArgumentsAreTheKeys() throws Exception {
    route("MSET", "foo", "1", "bar", "2");
    assertThat(router.size()).isEqualTo(2);
    assertThat(router.argument(0)).isEqualTo(1);
    assertThat(router.argument(1)).isEqualTo(3);
  }

  @Test
  void takesAnyNumberOfKeysOneAfterTheOther() throws Exception {
    String[] many = new String[1_001];
    many[0] = "DEL";
    for (int i = 1; i < many.length; i++) {
      many[i] = "{foo}" + i;
    }
    assertThat(route(many)).isEqualTo(SlotRouter.Route.ONE_SLOT);
    assertThat(router.size()).isEqualTo(1_000);
    many[700] = "bar";
    assertThat(route(many)).isEqualTo(SlotRouter.Route.SPLIT);
    assertThat(router.slot(699)).isEqualTo(5061);
    assertThat(route("DEL", "bar")).isEqualTo(SlotRouter.Route.ONE_SLOT);
    assertThat(router.size()).isEqualTo(1);
  }

  private SlotRouter.Route route(String... words) throws Exception {
    RespWriter bytes = new RespWriter();
    bytes.command(words);
    StreamReader reader = new StreamReader(0);
    reader.append(bytes.buffer(), 0, bytes.length(), 0);
    StreamCommand in = reader.next();
    Command command = CommandTable.standard().find(in.buffer(), in.offset(0), in.length(0));
    return router.route(command, in);
  }

  private String slots() {
    List<String> slots = new ArrayList<>();
    for (int i = 0; i < router.size(); i++) {
      slots.add(Integer.toString(router.slot(i)));
    }
    return String.join(" ", slots);
  }
}
