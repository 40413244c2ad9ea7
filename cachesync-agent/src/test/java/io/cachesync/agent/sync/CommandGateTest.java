package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.agent.command.CommandTable;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.entry.StreamReader;
import io.cachesync.agent.filter.Selection;
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
  private final CommandGate gate = new CommandGate(Selection.everything("cachesync:"), true, false);

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
    "MSETNX x 1 cachesync:a 2, TRIM",
    "RENAME x cachesync:a, DELETE",
    "RENAME cachesync:a x, FETCH",
    "SUNIONSTORE x y cachesync:a, FETCH",
    "SUNIONSTORE cachesync:a x y, FILTER",
    "SORT x STORE cachesync:a, FILTER",
    "SORT cachesync:a STORE x, FETCH",
    "ZUNIONSTORE x 2 y cachesync:a, FETCH",
    "LMOVE x cachesync:a LEFT LEFT, FETCH",
    "MSET x cachesync:a, APPLY",
    "DEL cachesync, APPLY"
  })
  void keepsOurOwnPrefixOutAtEveryKey(String command, CommandGate.Verdict verdict)
      throws Exception {
    assertThat(judge(command)).isEqualTo(verdict);
  }

  @ParameterizedTest
  @CsvSource({
    "SET k:1 v, APPLY",
    "SET x v, FILTER",
    "MSET k:1 v x v, TRIM",
    "LPUSH x a, FILTER",
    "SUNIONSTORE k:1 k:2 x, FETCH",
    "SUNIONSTORE x k:1 k:2, FILTER",
    "RENAME k:1 k:2, APPLY",
    "RENAME k:1 x, DELETE",
    "RENAME x k:1, FETCH",
    "RPOPLPUSH k:1 x, FETCH",
    "RPOPLPUSH x k:1, FETCH",
    "SMOVE x y m, FILTER",
    "COPY k:1 k:2 DB 1, FILTER",
    "COPY x k:2, FETCH",
    "MOVE k:1 1, DELETE",
    "MOVE k:1 2, APPLY",
    "EVAL code 1 k:1, FETCH",
    "EVAL code 1 x, FILTER",
    "EVAL code 0, FETCH",
    "HDEL k:1 f, FILTER",
    "BITOP AND k:1 k:2 x, FETCH",
    "BITOP AND x k:1 k:2, FILTER",
    "FLUSHDB, APPLY",
    "SWAPDB 0 2, APPLY"
  })
  void decidesByWhichKeysAreMoved(String command, Verdict verdict) throws Exception {
    FilterSpec spec =
        new FilterSpec(
            null, List.of(1), null, List.of("k:*"), null, null, null, List.of("hdel"), null, false);
    assertThat(judge(new CommandGate(Selection.of(spec, "cachesync:"), true, false), command))
        .isEqualTo(verdict);
  }

  @ParameterizedTest
  @CsvSource({
    "LPUSH k a, FILTER",
    "LMOVE k l LEFT LEFT, FILTER",
    "SORT k STORE l, DELETE",
    "SADD k a, APPLY",
    "SUNIONSTORE k a b, APPLY",
    "SMOVE a b m, APPLY",
    "ZUNIONSTORE k 1 a, FETCH",
    "ZADD k 1 a, FILTER",
    "SET k v, APPLY",
    "DEL k l, APPLY",
    "PEXPIREAT k 1, APPLY",
    "RENAME k l, FETCH",
    "COPY k l, FETCH",
    "RESTORE k 0 \u0000payload, APPLY",
    "RESTORE k 0 \u0012payload, DELETE"
  })
  void decidesByTheTypesThatAreMoved(String command, Verdict verdict) throws Exception {
    boolean sortedSets = command.startsWith("ZUNIONSTORE");
    FilterSpec spec =
        new FilterSpec(
            null,
            null,
            null,
            null,
            null,
            null,
            sortedSets ? List.of("set") : List.of("list", "zset"),
            null,
            null,
            false);
    assertThat(judge(new CommandGate(Selection.of(spec, "cachesync:"), true, false), command))
        .isEqualTo(verdict);
  }

  @Test
  void swapsNoDatabaseThatIsNotMoved() throws Exception {
    FilterSpec spec =
        new FilterSpec(null, List.of(1), null, null, null, null, null, null, null, false);
    CommandGate without = new CommandGate(Selection.of(spec, "cachesync:"), true, false);
    assertThat(judge(without, "SWAPDB 0 2")).isEqualTo(Verdict.APPLY);
    assertThatThrownBy(() -> judge(without, "SWAPDB 0 1"))
        .isInstanceOfSatisfying(
            FaultException.class,
            e -> assertThat(e.fault().code()).isEqualTo(FaultCode.FLUSH_REFUSED));
  }

  @Test
  void flushesNoDatabaseThatIsNotMoved() throws Exception {
    FilterSpec spec =
        new FilterSpec(null, List.of(1), null, null, null, null, null, null, null, false);
    Selection selection = Selection.of(spec, "cachesync:");
    assertThatThrownBy(() -> judge(new CommandGate(selection, true, false), "FLUSHALL"))
        .isInstanceOfSatisfying(
            FaultException.class,
            e -> assertThat(e.fault().code()).isEqualTo(FaultCode.FLUSH_REFUSED));
    assertThat(judge(new CommandGate(selection, true, false), "FLUSHDB")).isEqualTo(Verdict.APPLY);
    assertThat(judge(new CommandGate(selection, true, true), "FLUSHALL")).isEqualTo(Verdict.APPLY);
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

  /** Clusters of Valkey 9 may have several. */
  @Test
  void ofAClusterOnlyTheFirstDatabaseIsMoved() throws Exception {
    CommandGate shard = of(part(2, 0, HashSlot.COUNT));
    assertThat(judge(shard, "SET k v", 0)).isEqualTo(Verdict.APPLY);
    assertThatThrownBy(() -> judge(shard, "SET k v", 3))
        .isInstanceOfSatisfying(
            FaultException.class,
            e -> assertThat(e.fault().code()).isEqualTo(FaultCode.FILTER_INVALID));
    assertThat(judge(gate, "SET k v", 3)).isEqualTo(Verdict.APPLY);
  }

  private void assertRefused(SourcePart part, String command, FaultCode code) {
    assertThatThrownBy(() -> judge(of(part), command))
        .isInstanceOfSatisfying(
            FaultException.class, e -> assertThat(e.fault().code()).isEqualTo(code));
  }

  private static CommandGate of(SourcePart part) {
    return new CommandGate(
        Selection.everything("cachesync:"),
        true,
        false,
        part,
        new SlotShare(part, new SlotMoves(1)),
        ScriptDatabases.NONE);
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
    return judge(gate, command, 0);
  }

  private static CommandGate.Verdict judge(CommandGate gate, String command, int database)
      throws Exception {
    String[] words = command.split(" ");
    StringBuilder wire = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      wire.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
    }
    byte[] bytes = wire.toString().getBytes(StandardCharsets.ISO_8859_1);
    StreamReader reader = new StreamReader(0);
    reader.append(bytes, 0, bytes.length, 0);
    StreamCommand in = reader.next();
    return gate.judge(CommandTable.standard().find(words[0]), in, database);
  }
}
