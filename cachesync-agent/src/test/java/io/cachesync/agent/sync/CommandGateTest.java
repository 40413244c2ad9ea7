package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.agent.command.CommandTable;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.entry.StreamReader;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.agent.sync.CommandGate.Verdict;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.FilterSpec;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandGateTest {
  private final CommandGate gate =
      new CommandGate(FilterSpec.everything(), true, false, "cachesync:");

  @ParameterizedTest
  @CsvSource({
    "SET k cachesync:v, APPLY",
    "DEL a b, APPLY",
    "SET cachesync:k v, FILTER",
    "DEL cachesync:a cachesync:b, FILTER",
    "RENAME cachesync:a cachesync:b, FILTER",
    "DEL x cachesync:a, TRIM",
    "UNLINK cachesync:a x, TRIM",
    "MSET x 1 cachesync:a 2, TRIM",
    "MSET x cachesync:a, APPLY",
    "DEL cachesync, APPLY"
  })
  void keepsOurOwnPrefixOutAtEveryKey(String command, CommandGate.Verdict verdict)
      throws Exception {
    assertThat(judge(command)).isEqualTo(verdict);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RENAME x cachesync:a",
        "SUNIONSTORE x y cachesync:a",
        "SORT x STORE cachesync:a",
        "ZUNIONSTORE x 2 y cachesync:a",
        "MSETNX x 1 cachesync:a 2"
      })
  void refusesWhatMixesOurOwnPrefixWithOthers(String command) {
    assertThatThrownBy(() -> judge(command))
        .isInstanceOfSatisfying(
            FaultException.class,
            e -> assertThat(e.fault().code()).isEqualTo(FaultCode.RESERVED_KEY));
  }

  @Test
  void takesNoKeyThatComesFromAnotherShard() {
    SourcePart only = part(1, 0, HashSlot.COUNT);
    assertRefused(only, "RESTORE-ASKING k 0 v", FaultCode.SOURCE_RESHARDED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"FLUSHALL", "FLUSHDB"})
  void flushesNothingForOneShardOfSeveral(String command) {
    assertRefused(part(2, 0, 100), command, FaultCode.FLUSH_REFUSED);
  }

  @Test
  void takesTheFunctionsOfTheFirstShardOnly() throws Exception {
    assertThat(judge(of(part(2, 0, 100)), "FUNCTION DELETE f")).isEqualTo(Verdict.APPLY);
    assertThat(judge(of(part(2, 100, 200)), "FUNCTION DELETE f")).isEqualTo(Verdict.FILTER);
    assertThat(judge(of(part(2, 100, 200)), "SCRIPT FLUSH")).isEqualTo(Verdict.APPLY);
  }

  private void assertRefused(SourcePart part, String command, FaultCode code) {
    assertThatThrownBy(() -> judge(of(part), command))
        .isInstanceOfSatisfying(
            FaultException.class, e -> assertThat(e.fault().code()).isEqualTo(code));
  }

  private static CommandGate of(SourcePart part) {
    return new CommandGate(FilterSpec.everything(), true, false, "cachesync:", part);
  }

  private static SourcePart part(int links, int first, int end) {
    BitSet slots = new BitSet();
    slots.set(first, end);
    return new SourcePart(
        links, SlotRanges.of(slots), new HostAndPort("127.0.0.1", 7001), List.of());
  }

  private CommandGate.Verdict judge(String command) throws Exception {
    return judge(gate, command);
  }

  private static CommandGate.Verdict judge(CommandGate gate, String command) throws Exception {
    String[] words = command.split(" ");
    StringBuilder wire = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      wire.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
    }
    byte[] bytes = wire.toString().getBytes(StandardCharsets.ISO_8859_1);
    StreamReader reader = new StreamReader(0);
    reader.append(bytes, 0, bytes.length, 0);
    StreamCommand in = reader.next();
    return gate.judge(CommandTable.standard().find(words[0]), in, 0);
  }
}
