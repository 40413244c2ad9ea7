package io.cachesync.agent.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.KeyRename;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SelectionTest {
  @Test
  void movesWhatAnIncludeHasAndNoExclude() throws FaultException {
    Selection selection =
        Selection.of(
            new FilterSpec(
                List.of(0, 2),
                List.of(2),
                null,
                List.of("user:*", "cart:*", "cachesync:*"),
                List.of("*:tmp"),
                null,
                null,
                null,
                null,
                false),
            "cachesync:");
    assertThat(moves(selection, 0, "user:1")).isTrue();
    assertThat(moves(selection, 0, "cart:1")).isTrue();
    assertThat(moves(selection, 0, "order:1")).isFalse();
    assertThat(moves(selection, 0, "user:1:tmp")).isFalse();
    assertThat(moves(selection, 0, "cachesync:claim")).isFalse();
    assertThat(moves(selection, 1, "user:1")).isFalse();
    assertThat(moves(selection, 2, "user:1")).isFalse();
  }

  @Test
  void knowsTypesByTheirBytes() throws FaultException {
    Selection selection = types(List.of(), List.of("LIST", "ReJSON-RL"));
    assertThat(selection.movesType("list")).isFalse();
    assertThat(selection.movesType("hash")).isTrue();
    assertThat(selection.movesType(18, new byte[0], 0, 0)).isFalse();
    assertThat(selection.movesType(16, new byte[0], 0, 0)).isTrue();
    assertThat(selection.movesType(7, module("ReJSON-RL"), 0, 9)).isFalse();
    assertThat(selection.movesType(7, module("MBbloom--"), 0, 9)).isTrue();
    assertThat(types(List.of(), List.of("module")).movesType(7, module("MBbloom--"), 0, 9))
        .isFalse();
    assertThat(types(List.of("string"), List.of()).movesType(7, module("MBbloom--"), 0, 9))
        .isFalse();
  }

  @Test
  void givesTheFirstRulesNameOnce() throws FaultException {
    Selection selection = renames("user:", "u:", "u:", "v:", "\\xff", "w:");
    assertThat(target(selection, "user:1")).isEqualTo("u:1");
    assertThat(target(selection, "u:1")).isEqualTo("v:1");
    assertThat(target(selection, "x")).isEqualTo("x");
    assertThat(target(selection, "\u00ffx")).isEqualTo("w:x");
    for (String key : List.of("user:1", "u:1", "other")) {
      byte[] name = selection.targetKey(bytes(key));
      assertThat(selection.sourceKey(name)).isEqualTo(bytes(key));
    }
  }

  @Test
  void refusesAKeyWhoseNameAnotherMayGet() throws FaultException {
    Selection selection = renames("a:", "b:");
    byte[] other = bytes("b:1");
    assertThat(selection.rule(0, bytes("a:1"), 0, 3)).isZero();
    assertCode(FaultCode.KEYS_COLLIDE, () -> selection.rule(0, other, 0, 3));
    // Where the other key is not moved there is none.
    Selection apart =
        Selection.of(
            new FilterSpec(
                null,
                null,
                null,
                null,
                List.of("a:1"),
                null,
                null,
                null,
                List.of(new KeyRename("a:", "b:")),
                false),
            "cachesync:");
    assertThat(apart.rule(0, other, 0, 3)).isEqualTo(Selection.NO_RULE);
  }

  @Test
  void refusesToCallAKeyAsOneOfOurs() throws FaultException {
    Selection selection = renames("x:", "");
    byte[] key = bytes("x:cachesync:claim");
    assertCode(FaultCode.RESERVED_KEY, () -> selection.rule(0, key, 0, key.length));
  }

  @Test
  void refusesWhatCannotBeMeant() {
    FilterSpec unknown =
        new FilterSpec(null, null, null, null, null, null, null, List.of("FLUSHAL"), null, false);
    assertCode(FaultCode.FILTER_INVALID, () -> Selection.of(unknown, "cachesync:"));
    FilterSpec control =
        new FilterSpec(null, null, null, null, null, null, null, List.of("exec"), null, false);
    assertCode(FaultCode.FILTER_INVALID, () -> Selection.of(control, "cachesync:"));
    FilterSpec map =
        new FilterSpec(null, null, Map.of(1, 2), null, null, null, null, null, null, false);
    assertCode(FaultCode.FILTER_INVALID, () -> Selection.of(map, "cachesync:"));
  }

  @Test
  void refusesTwoRulesForOneBeginningHoweverItIsWritten() throws FaultException {
    assertCode(FaultCode.FILTER_INVALID, () -> renames("a:", "x:", "b:", "\\x78:"));
    assertCode(FaultCode.FILTER_INVALID, () -> renames("a:", "x\\:", "b:", "x:y"));
    assertThat(target(renames("a:", "x:", "b:", "\\x79:"), "b:1")).isEqualTo("y:1");
  }

  private interface Trial {
    void run() throws FaultException;
  }

  private static void assertCode(FaultCode code, Trial trial) {
    assertThatThrownBy(trial::run)
        .isInstanceOfSatisfying(
            FaultException.class, e -> assertThat(e.fault().code()).isEqualTo(code));
  }

  private static Selection types(List<String> included, List<String> excluded)
      throws FaultException {
    return Selection.of(
        new FilterSpec(null, null, null, null, null, included, excluded, null, null, false),
        "cachesync:");
  }

  private static Selection renames(String... fromAndTo) throws FaultException {
    List<KeyRename> rules = new ArrayList<>();
    for (int i = 0; i < fromAndTo.length; i += 2) {
      rules.add(new KeyRename(fromAndTo[i], fromAndTo[i + 1]));
    }
    return Selection.of(
        new FilterSpec(null, null, null, null, null, null, null, null, rules, false), "cachesync:");
  }

  private static byte[] module(String name) {
    String characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    long id = 0;
    for (char c : name.toCharArray()) {
      id = id << 6 | characters.indexOf(c);
    }
    id = id << 10 | 3;
    byte[] body = new byte[9];
    body[0] = (byte) 0x81;
    for (int i = 0; i < 8; i++) {
      body[i + 1] = (byte) (id >>> (56 - 8 * i));
    }
    return body;
  }

  private static String target(Selection selection, String key) {
    return new String(selection.targetKey(bytes(key)), StandardCharsets.ISO_8859_1);
  }

  private static boolean moves(Selection selection, int database, String key) {
    byte[] bytes = bytes(key);
    return selection.moves(database, bytes, 0, bytes.length);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
