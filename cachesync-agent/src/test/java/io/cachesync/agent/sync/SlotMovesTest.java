package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
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

  private static BitSet slot() {
    BitSet slots = new BitSet();
    slots.set(SLOT);
    return slots;
  }
}
