package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.agent.command.CommandTable;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.entry.StreamReader;
import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines that Redis 8.6.3 and Valkey 9.1.2 sent their replicas, names shortened. */
class SlotNewsTest {
  private static final long END = 1_000;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          CLUSTER SYNCSLOTS CONF ASM-TASK i:s:d:import:connecting:0-49_60-99 | 0-49,60-99
          CLUSTER SYNCSLOTS CONF ASM-TASK i:s:d:import:completed:0-99        | 0-99
          CLUSTER SYNCSLOTS CONF ASM-TASK i:s:d:import:failed:0-49_60-99     | -
          CLUSTER SYNCSLOTS CONF ASM-TASK i:s:d:migrate:wait-rdbchannel:7    | 7
          CLUSTER SYNCSLOTS CONF ASM-TASK i:s:d:migrate:completed:0-99       | 0-99
          CLUSTER SYNCSLOTS CONF SLOT-INFO 69:60:0                           | -
          TRIMSLOTS RANGES 2 0 49 60 99                                      | 0-49,60-99
          CLUSTER SYNCSLOTS ESTABLISH SOURCE s NAME n SLOTSRANGE 0 49 60 99  | 0-49,60-99
          CLUSTER SYNCSLOTS ACK                                              | -
          CLUSTER SYNCSLOTS SNAPSHOT-EOF                                     | -
          CLUSTER SYNCSLOTS PAUSED                                           | -
          CLUSTER SYNCSLOTS FAILOVER-GRANTED                                 | -
          CLUSTER SYNCSLOTS FINISH STATE SUCCESS NAME n MESSAGE _            | -
          CLUSTER SYNCSLOTS FINISH STATE FAILED NAME n MESSAGE lost          | -
          CLUSTER SETSLOT 5 NODE n                                           | -
          """)
  void tellsWhichSlotsMove(String line, String slots) throws IOException {
    assertThat(SlotNews.isSome(CommandTable.standard().find(line.split(" ")[0]))).isTrue();
    SlotNews news = SlotNews.of(command(line));
    assertThat(news.slots())
        .isEqualTo(slots.equals("-") ? new BitSet() : SlotRanges.parse(slots).toBits());
    assertThat(news.removes()).isEqualTo(line.startsWith("TRIMSLOTS"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CLUSTER",
        "CLUSTER RESET",
        "CLUSTER SYNCSLOTS",
        "CLUSTER SYNCSLOTS ESTABLISH SOURCE s NAME n",
        "CLUSTER SYNCSLOTS ESTABLISH SOURCE s NAME n SLOTSRANGE 5 4",
        "CLUSTER SYNCSLOTS CONF ASM-TASK i:s:d:import",
        "CLUSTER SYNCSLOTS CONF ASM-TASK i:s:d:import:connecting:all",
        "TRIMSLOTS",
        "TRIMSLOTS SLOTS 1 0 4",
        "TRIMSLOTS RANGES 1 0 x"
      })
  void refusesWhatItDoesNotKnow(String line) throws IOException {
    StreamCommand in = command(line);
    assertThatThrownBy(() -> SlotNews.of(in))
        .isInstanceOfSatisfying(
            FaultException.class,
            e -> assertThat(e.fault().code()).isEqualTo(FaultCode.UNKNOWN_COMMAND));
  }

  /** A link of the slots 0 to 100 of a source that stood at 500 when it began. */
  @Test
  void whatIsKnownAlreadyIsNoNews() throws IOException {
    SlotMoves moves = new SlotMoves(2);
    SlotShare share = share(500, moves);
    share.fetched(Map.of(7, 900L));
    assertThat(heard(share, "TRIMSLOTS RANGES 1 90 110", 600)).isEqualTo(slots("90-100"));
    assertThat(heard(share, task("90-110"), 600)).isEqualTo(slots("90-110"));
    assertThat(heard(share, task("90-110"), 500)).isEqualTo(slots("90-100"));
    assertThat(heard(share, task("6-8"), 900)).isEqualTo(slots("6,8"));
    assertThat(heard(share, task("6-8"), 901)).isEqualTo(slots("6-8"));
    moves.begin(slots("6-8"));
    assertThat(heard(share, task("6-8"), 901)).isEqualTo(new BitSet());
    assertThat(heard(share, "TRIMSLOTS RANGES 1 101 110", 901)).isEqualTo(new BitSet());
  }

  @Test
  void endsALinkThatCannotLiveThroughIt() {
    SlotShare share = share(-1, new SlotMoves(2));
    assertThatThrownBy(() -> heard(share, task("0-5"), END))
        .isInstanceOfSatisfying(
            FaultException.class,
            e -> assertThat(e.fault().code()).isEqualTo(FaultCode.SOURCE_RESHARDED));
  }

  private static SlotShare share(long offset, SlotMoves moves) {
    SlotRanges own = SlotRanges.parse("0-100");
    HostAndPort master = new HostAndPort("127.0.0.1", 1);
    SourcePart part =
        new SourcePart(2, own, master, List.of(master))
            .with(new ShardCut("words", own, offset), true);
    SlotShare share = new SlotShare(part, moves);
    share.took(true, true);
    return share;
  }

  private static BitSet heard(SlotShare share, String line, long end) throws IOException {
    try {
      share.hear(SlotNews.of(command(line)), end);
      return new BitSet();
    } catch (SlotMoving e) {
      return e.slots();
    }
  }

  private static BitSet slots(String text) {
    return SlotRanges.parse(text).toBits();
  }

  private static String task(String slots) {
    return "CLUSTER SYNCSLOTS CONF ASM-TASK i:s:d:import:connecting:" + slots;
  }

  private static StreamCommand command(String line) throws IOException {
    RespWriter out = new RespWriter();
    out.begin(line.split(" ").length);
    for (String word : line.split(" ")) {
      out.arg(word.equals("_") ? "" : word.replace('_', ' '));
    }
    StreamReader reader = new StreamReader(0);
    reader.append(out.toByteArray(), 0, out.length(), 1);
    return reader.next();
  }
}
