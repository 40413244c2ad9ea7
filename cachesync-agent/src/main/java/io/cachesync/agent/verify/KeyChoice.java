package io.cachesync.agent.verify;

import io.cachesync.agent.filter.Selection;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.FaultException;
import java.util.Arrays;

/**
 * Which keys are compared, and what they are called: what a task with the same filter moves, under
 * the same names, and of that the chosen share. Ours are left out.
 */
final class KeyChoice {
  private static final long WHOLE = 1_000_000;

  private final Selection selection;
  private final long share;

  KeyChoice(CheckSpec spec) throws FaultException {
    selection = Selection.of(spec.filter(), spec.keyPrefix());
    share = Math.round(spec.samplePercent() / 100 * WHOLE);
  }

  /** The key itself where it is compared, else null. */
  byte[] ofSource(int database, byte[] key) {
    boolean isMoved = selection.moves(database, key, 0, key.length);
    boolean isChosen = share >= WHOLE || (Hash64.of(key) >>> 1) % WHOLE < share;
    return isMoved && isChosen ? key : null;
  }

  /**
   * What a key of the target is called at the source; null where it is not compared, or where no
   * key of the source gets this name.
   *
   * @param database of the source
   */
  byte[] ofTarget(int database, byte[] key) {
    if (selection.isOwn(key)) {
      return null;
    }
    if (!selection.renames()) {
      return ofSource(database, key);
    }
    byte[] name = selection.sourceKey(key);
    return Arrays.equals(selection.targetKey(name), key) ? ofSource(database, name) : null;
  }

  /** What a key of the source is called at the target. */
  byte[] atTarget(byte[] key) {
    return selection.renames() ? selection.targetKey(key) : key;
  }

  /** Whether values of a type are compared, by what TYPE tells. */
  boolean takesType(String type) {
    return !selection.selectsTypes() || selection.movesType(type);
  }
}
