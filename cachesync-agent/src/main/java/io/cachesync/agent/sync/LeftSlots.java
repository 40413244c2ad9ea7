package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.checkpoint.TargetState;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/**
 * What a link has left at the target whose master has no slots any more.
 *
 * @param slots that it had when it wrote there last
 * @param open those that it has left to be fetched again
 * @param touched keys of which it has left out a command, or that its master had
 * @param known whether these are all that the source had, of every slot
 */
record LeftSlots(BitSet slots, BitSet open, Set<DatabaseKey> touched, boolean known) {
  /**
   * @param slots by its words at the target
   * @param state of the link, taken from whoever wrote for it
   */
  static LeftSlots of(BitSet slots, TargetState state) {
    HealRecord heals = state.heals();
    BitSet open = new BitSet();
    heals.moved().forEach((slot, end) -> open.set(slot, end == 0));
    BitSet known = (BitSet) heals.listedSlots().clone();
    known.and(open);
    BitSet rest = (BitSet) slots.clone();
    rest.or(open);
    rest.andNot(known);
    boolean all = !slots.isEmpty() && rest.isEmpty();
    return new LeftSlots(slots, open, new HashSet<>(heals.touched().keySet()), all);
  }
}
