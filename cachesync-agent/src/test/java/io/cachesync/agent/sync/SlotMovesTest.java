package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.contract.LimitSpec;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlotMovesTest {
  private static final int SLOT = 77;

  private final SlotMoves moves = new SlotMoves(2);

  /** Or the mark that it is to be fetched again would go as soon as it was written. */
  @Test
  void aSlotThatMovesOnceMoreIsNotFetchedAnyMore() {
    moves.fetched(slot());
    assertThat(moves.isFetched(SLOT)).isTrue();
    moves.begin(slot());
    assertThat(moves.isFetched(SLOT)).isFalse();
  }

  @Test
  void noneIsFetchedWhileItMoves() {
    moves.begin(slot());
    moves.fetched(slot());
    assertThat(moves.isFetched(SLOT)).isFalse();
  }

  /** All that the links have left out, of whichever of them it stands. */
  @Test
  void tellsTheKeysOfASlotThatAnyLinkHasLeftOut() {
    DatabaseKey one = new DatabaseKey(0, "{a}1".getBytes(StandardCharsets.UTF_8));
    DatabaseKey same = new DatabaseKey(0, "{a}2".getBytes(StandardCharsets.UTF_8));
    DatabaseKey other = new DatabaseKey(0, "{b}1".getBytes(StandardCharsets.UTF_8));
    moves.took(0, SlotRanges.parse("0-100"), new BitSet(), List.of(one, other));
    moves.took(1, SlotRanges.parse("101-200"), new BitSet(), List.of(same));
    BitSet slots = new BitSet();
    slots.set(HashSlot.of(one.key()));
    assertThat(moves.touched(slots)).containsExactlyInAnyOrder(one.key(), same.key());
  }

  /** What others have left of its slots lies among what is somebody's: nothing empties it. */
  @Test
  void aLinkThatJoinsFetchesWhatOthersHadWhereTheTargetWasNotEmpty() throws Exception {
    SlotRanges own = SlotRanges.parse("50-60");
    Control control = new Control(LimitSpec.none());
    moves.took(0, SlotRanges.parse("0-55"), new BitSet(), List.of());
    moves.took(1, null, new BitSet(), List.of());
    assertThat(moves.awaitToFetch(1, own, control).isEmpty()).isTrue();
    moves.foreign();
    assertThat(moves.awaitToFetch(1, own, control).cardinality()).isEqualTo(6);
  }

  private static BitSet slot() {
    BitSet slots = new BitSet();
    slots.set(SLOT);
    return slots;
  }
}
