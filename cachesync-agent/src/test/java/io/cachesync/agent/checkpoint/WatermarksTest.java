package io.cachesync.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.agent.redis.RedisException;
import io.cachesync.contract.FaultCode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The source has lost what it wrote behind offset 100 of its former history. */
class WatermarksTest {
  private static final String FORMER = "f".repeat(40);
  private static final String NEXT = "e".repeat(40);

  @Test
  void theLowestOfOneHistoryCounts() throws RedisException {
    Watermarks found = of(hash(FORMER, 120, false), hash(FORMER, 110, false));
    assertThat(found.lowest().offset()).isEqualTo(110);
    assertThat(found.mixed()).isFalse();
  }

  /** As an end leaves it while the watermarks are written under the next history. */
  @Test
  void oneThatIsStillToBeWrittenUnderTheNextHistoryIsWritten() throws RedisException {
    Watermarks found = of(hash(NEXT, 90, true), hash(FORMER, 120, false));
    assertThat(found.lowest().replId()).isEqualTo(NEXT);
    assertThat(found.lowest().offset()).isEqualTo(90);
    assertThat(found.mixed()).isTrue();
    assertThat(found.lost()).containsExactly(Map.entry(FORMER, 100L));
  }

  @Test
  void oneOfADoubtCountsMoreThanOneOfTheSameOffsetThatIsHealed() throws RedisException {
    Checkpoint settled = first(1, FORMER, 120);
    for (boolean swapped : new boolean[] {true, false}) {
      NodeHash healed = hash(settled);
      NodeHash doubtful = hash(settled.since(90, 0));
      Watermarks found = of(swapped ? doubtful : healed, swapped ? healed : doubtful);
      assertThat(found.lowest().start()).isEqualTo(90);
    }
  }

  /** What the next history brought to it is gone, whichever offset is the lower one. */
  @Test
  void aMasterThatWasSetBackIntoWhatWasLostIsRefused() {
    for (long offset : new long[] {80, 110, 600}) {
      for (boolean first : new boolean[] {true, false}) {
        NodeHash back = hash(FORMER, offset, false);
        NodeHash other = hash(NEXT, 500, true);
        assertThatThrownBy(() -> of(first ? back : other, first ? other : back))
            .isInstanceOfSatisfying(
                RedisException.class,
                e -> assertThat(e.fault().code()).isEqualTo(FaultCode.CHECKPOINT_MISMATCH));
      }
    }
  }

  @Test
  void anotherFullSyncSaysNothing() throws RedisException {
    NodeHash old =
        new NodeHash(
            NodeState.NONE.beginning(0, CopiedFrom.NOTHING),
            first(1, FORMER, 110),
            List.of(),
            Map.of(NEXT, 1L));
    NodeState second =
        NodeState.NONE.beginning(0, CopiedFrom.NOTHING).beginning(0, CopiedFrom.NOTHING);
    NodeHash now = new NodeHash(second, first(2, NEXT, 500), List.of(), Map.of(FORMER, 100L));
    Watermarks found = Watermarks.of(List.of(old, now), 2);
    assertThat(found.lowest().offset()).isEqualTo(500);
    assertThat(found.lost()).containsOnlyKeys(FORMER);
  }

  private static Watermarks of(NodeHash... hashes) throws RedisException {
    return Watermarks.of(List.of(hashes), 1);
  }

  private static NodeHash hash(String replId, long offset, boolean tells) {
    Map<String, Long> lost = tells ? Map.of(FORMER, 100L) : Map.of();
    Checkpoint at = first(1, replId, offset);
    return new NodeHash(NodeState.NONE.beginning(0, CopiedFrom.NOTHING), at, List.of(), lost);
  }

  private static NodeHash hash(Checkpoint at) {
    return new NodeHash(NodeState.NONE.beginning(0, CopiedFrom.NOTHING), at, List.of(), Map.of());
  }

  private static Checkpoint first(long generation, String replId, long offset) {
    OwnKeys keys = new OwnKeys("cachesync:", "task", 0, 0);
    return Checkpoint.first(keys, generation, replId, offset, 0, new Epoch(1, "n"));
  }
}
