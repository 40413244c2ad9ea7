package io.cachesync.agent.verify;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Compares small values of any type: by their dumps where these tend to be equal, and by their
 * elements where they are not, as of other versions or of hash tables. For one thread.
 */
final class SmallComparer {
  /** What is larger is read piece by piece. */
  static final long MOST_BYTES = 32 * 1024;

  /** The same, where a server does not tell the size of a value. */
  static final long MOST_ELEMENTS = 64;

  /** Where nothing is known yet. */
  private static final long FIRST_KEYS = 8;

  /** After so many dumps of a type that said nothing, more than said something, none is asked. */
  private static final int PATIENCE = 32;

  private final Wire source;
  private final Wire target;
  private final DumpComparer dumps;
  private final MembersComparer members;
  private final int[] trust = new int[ValueType.values().length];

  /** A dump may be compressed: what dumps have says nothing of the elements. */
  private final Expected ofDumps = new Expected();

  private final Expected ofElements = new Expected();

  /**
   * @param replies that mark a key as a suspect where it is an error
   */
  SmallComparer(Wire source, Wire target, Replies replies) {
    this.source = source;
    this.target = target;
    dumps = new DumpComparer(source, target, replies);
    members = new MembersComparer(source, target, replies);
    Arrays.fill(trust, PATIENCE);
  }

  /** Whether a value of this type can be compared so. */
  boolean knows(ValueType type) {
    return canDump() || readsElements(type);
  }

  /**
   * Marks those that are not shown to be equal.
   *
   * @param keys which ones of the batch
   * @param bytes about how many a value has, by the index of its key; 0 where that is not known
   */
  void compare(KeyBatch batch, BitSet keys, ValueType[] types, long[] bytes, BitSet closer)
      throws IOException {
    BitSet dumped = new BitSet();
    BitSet read = new BitSet();
    for (int i = keys.nextSetBit(0); i >= 0; i = keys.nextSetBit(i + 1)) {
      boolean byElements =
          readsElements(types[i]) && (!canDump() || trust[types[i].ordinal()] == 0);
      (byElements ? read : dumped).set(i);
    }
    if (!dumped.isEmpty()) {
      dumps.compare(batch, dumped, types, ofDumps.cost(bytes), read, closer, ofDumps::expect);
      dumped.stream().forEach(i -> learn(types[i], read.get(i)));
    }
    read.stream().filter(i -> !givesElements(types[i])).forEach(closer::set);
    read.andNot(closer);
    if (!read.isEmpty()) {
      members.compare(batch, read, types, ofElements.cost(bytes), closer, ofElements::expect);
    }
  }

  private void learn(ValueType type, boolean saidNothing) {
    int next = trust[type.ordinal()] + (saidNothing ? -1 : 1);
    trust[type.ordinal()] = Math.max(0, Math.min(PATIENCE, next));
  }

  /** Whether elements tell all of a value, without a dump. */
  private boolean readsElements(ValueType type) {
    boolean times =
        source.side().features().fieldExpiry() || target.side().features().fieldExpiry();
    return givesElements(type) && !(type == ValueType.HASH && times);
  }

  private boolean givesElements(ValueType type) {
    return source.side().features().elements().contains(type)
        && target.side().features().elements().contains(type);
  }

  private boolean canDump() {
    return source.side().features().dump() && target.side().features().dump();
  }

  /** How many bytes one more value is taken to have, where no server tells it. */
  private static final class Expected {
    private long expected = Pieces.BYTES / FIRST_KEYS;

    Pieces.Cost cost(long[] bytes) {
      return i -> bytes[i] > 0 ? bytes[i] : expected;
    }

    /** What comes next may be larger than all before: no more than twice as many at a time. */
    void expect(long largest) {
      expected = Math.max(1, Math.max(largest, expected / 2));
    }
  }
}
