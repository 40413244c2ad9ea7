package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.command.Command;
import io.cachesync.agent.command.Keys;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.agent.writer.StreamArguments;
import io.cachesync.contract.FaultException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which commands of a shard's stream are its link's to apply while slots move. A key that moves is
 * removed in one stream and restored in another, and nothing orders the two; so none of both is
 * applied, and the slot is fetched from its owner afterwards. For the applying thread, but for
 * {@link #notice} and {@link #stream}.
 */
final class SlotShare implements Keys.Visitor {
  /** Whose a command is. */
  enum Place {
    HERE,
    /** Its slot is, or is to be, fetched from its owner. */
    ELSEWHERE,
    /** It tells that its slot has begun to move. */
    MOVES
  }

  private final SourcePart part;
  private final SlotMoves moves;
  private final SlotListing listing;
  private final StreamArguments words = new StreamArguments();
  private Map<Integer, Long> contained = new HashMap<>();
  private Map<DatabaseKey, Long> touched = new HashMap<>();
  private int seenFetches;
  private BitSet open = new BitSet();
  private StreamCommand in;
  private int slot;
  private boolean fetchedHere;
  private BitSet toFetch;
  private volatile boolean lives;
  private volatile boolean foreign;
  private volatile boolean taken;
  private volatile boolean streams;
  private volatile boolean hasNoticed;

  // Guarded by this.
  private final BitSet noticed = new BitSet(HashSlot.COUNT);

  SlotShare(SourcePart part, SlotMoves moves) {
    this.part = part;
    this.moves = moves;
    this.listing = new SlotListing(part, moves);
  }

  /** Whether slots that move are lived through. */
  boolean follows() {
    return lives && part.cut().follows();
  }

  /** Whether it is not known yet, as the target was not taken. */
  boolean mayFollow() {
    return !taken && part.cut().follows();
  }

  /**
   * Keys that only the target has are nobody's where it was empty before and has one source.
   *
   * @param owned whether that is so
   * @param livesThrough whether slots that move are lived through where it is not
   */
  void took(boolean owned, boolean livesThrough) {
    lives = owned || livesThrough;
    foreign = lives && !owned && part.isShard();
    if (foreign) {
      moves.foreign();
    }
    taken = true;
  }

  /** Whether what is left out must be remembered, to tell it from what only the target has. */
  boolean isForeign() {
    return foreign && follows();
  }

  /** Whether slots that were this link's, or are now, are to be fetched by now. */
  boolean mayFetch() {
    return !foreign || moves.isDrained();
  }

  /** Keys of these slots that the source has touched while they moved. */
  List<byte[]> touched(BitSet slots) {
    return moves.touched(slots);
  }

  /**
   * Goes on with what was read at the target.
   *
   * @param had the slots that the words there tell, empty where they tell none
   */
  void use(HealRecord record, Optional<SlotRanges> had) {
    contained = record.moved();
    touched = record.touched();
    seenFetches = 0;
    open = open(record);
    listing.use(record, had.orElse(part.slots()));
  }

  /** What is found to move from here on is lived through. From any thread. */
  boolean streams() {
    return streams;
  }

  /** All is copied once more: what moves meanwhile waits for its end, as in a first copy. */
  void copy() {
    streams = false;
  }

  void stream() {
    streams = true;
  }

  /** The slot that the last command was judged by. */
  int slot() {
    return slot;
  }

  /**
   * Whether the command that was judged last is contained in what this link has fetched of its
   * slot, where keys that only the target has were left: it may be the only one to tell that the
   * source had a key which was gone when the slot was fetched.
   */
  boolean mayTellOfGone() {
    return fetchedHere && isForeign();
  }

  Place place(Command command, StreamCommand line) {
    in = line;
    slot = -1;
    fetchedHere = false;
    command.keys().visit(words.of(line), this);
    if (slot < 0) {
      return Place.HERE;
    }
    long end = line.endOffset();
    boolean own = part.slots().contains(slot);
    boolean moving = moves.isMoving(slot);
    if (moving || (!own && end <= part.cut().offset()) || isContained(slot, end)) {
      fetchedHere = own && !moving;
      return Place.ELSEWHERE;
    }
    if (own) {
      return command.name().equals("RESTORE-ASKING") ? Place.MOVES : Place.HERE;
    }
    // A node that has lost a slot removes what is left of it.
    boolean removes = command.name().equals("DEL") || command.name().equals("UNLINK");
    return removes ? Place.ELSEWHERE : Place.MOVES;
  }

  /**
   * The master tells its replicas that slots move. What it takes in with them stands in the stream
   * like any other command, and what it has given away may go without one for each key.
   *
   * @throws SlotMoving where that is not known yet
   * @throws FaultException SOURCE_RESHARDED where slots that move are not lived through
   */
  void hear(SlotNews news, long end) throws SlotMoving, FaultException {
    BitSet slots = (BitSet) news.slots().clone();
    slots.andNot(moves.moving());
    if (news.removes() || end <= part.cut().offset()) {
      slots.and(part.slots().toBits());
    }
    slots.stream().filter(each -> isContained(each, end)).forEach(slots::clear);
    if (slots.isEmpty()) {
      return;
    }
    if (!follows()) {
      throw new FaultException(
          SlotWatch.resharded(
              "so the shard tells of %s at offset %d".formatted(SlotRanges.of(slots), end)));
    }
    throw new SlotMoving(slots);
  }

  /** Whether a slot is fetched as a whole by whoever has it now, or will be. */
  boolean isElsewhere(int each) {
    return follows() && (moves.isMoving(each) || !part.slots().contains(each));
  }

  @Override
  public void key(int argument) {
    if (slot < 0) {
      slot = HashSlot.of(in.buffer(), in.offset(argument), in.length(argument));
    }
  }

  private boolean isContained(int each, long end) {
    if (contained.isEmpty()) {
      return false;
    }
    Long offset = contained.get(each);
    return offset != null && end <= offset;
  }

  /** Slots were seen to move; the applying thread writes it down. From any thread. */
  void notice(BitSet slots) {
    synchronized (this) {
      slots.stream().filter(each -> !moves.isMoving(each)).forEach(noticed::set);
      hasNoticed = !noticed.isEmpty();
    }
  }

  void notice(int each) {
    BitSet slots = new BitSet();
    slots.set(each);
    notice(slots);
  }

  boolean hasNoticed() {
    return hasNoticed || listing.isDue();
  }

  /**
   * So many slots are leaving the shard that its master may soon have none: it then becomes a
   * replica of another, and what is unread of its stream is lost. Where that cannot be done
   * without, all slots are held, and the keys that they have at the source are written down while
   * they are there. From any thread.
   */
  void drains() {
    if (isForeign() && !listing.isAll()) {
      notice(listing.drains());
      listing.look();
    }
  }

  /** Of which slots it is known which keys they have. */
  SlotListing listing() {
    return listing;
  }

  /** What was noticed until now. */
  synchronized BitSet takeNoticed() {
    BitSet taken = (BitSet) noticed.clone();
    noticed.clear();
    hasNoticed = false;
    return taken;
  }

  /** The words that say that these slots are to be fetched again. */
  List<byte[]> open(BitSet slots) {
    slots.stream().forEach(each -> contained.put(each, 0L));
    listing.changed();
    return words(slots);
  }

  /** The words that say up to where slots are contained in what was fetched. */
  List<byte[]> fetched(Map<Integer, Long> offsets) {
    contained.putAll(offsets);
    BitSet slots = new BitSet();
    offsets.keySet().forEach(slots::set);
    return words(slots);
  }

  /** Slots that were fetched from behind this offset of a history that ends there. */
  BitSet fetchedBehind(long offset) {
    BitSet slots = new BitSet();
    contained.forEach(
        (each, end) -> {
          if (end > offset) {
            slots.set(each);
          }
        });
    return slots;
  }

  /** The fields of which nothing needs to be known any more once the lane stands here. */
  List<byte[]> passed(long offset) {
    if (contained.isEmpty() && touched.isEmpty()) {
      return List.of();
    }
    List<byte[]> fields = new ArrayList<>();
    forgetFetched(fields);
    Set<Integer> gone = new HashSet<>();
    contained
        .entrySet()
        .removeIf(
            each -> {
              boolean done =
                  each.getValue() > 0
                      ? each.getValue() <= offset
                      : !part.slots().contains(each.getKey()) && moves.isFetched(each.getKey());
              if (done) {
                fields.add(HealRecord.movedField(each.getKey()));
                gone.add(each.getKey());
              }
              return done;
            });
    if (!gone.isEmpty()) {
      fields.addAll(listing.forget(gone));
    }
    return fields;
  }

  /** Behind a fetch of a slot it is known what the target holds of it. */
  private void forgetFetched(List<byte[]> fields) {
    int fetches = moves.fetches();
    if (touched.isEmpty() || fetches == seenFetches) {
      return;
    }
    seenFetches = fetches;
    touched
        .keySet()
        .removeIf(
            key -> {
              boolean done = moves.isFetched(HashSlot.of(key.key()));
              if (done) {
                fields.add(HealRecord.touchedField(key));
              }
              return done;
            });
  }

  /** Slots that are still to be fetched again as a whole, as far as this link has written down. */
  BitSet open(HealRecord record) {
    BitSet slots = new BitSet();
    record
        .moved()
        .forEach(
            (each, end) -> {
              if (end == 0) {
                slots.set(each);
              }
            });
    return slots;
  }

  /** The slots that this link is to fetch before it goes on; waits for the other links. */
  BitSet toFetch(int link, Control control) throws Stopped, InterruptedException {
    if (!follows()) {
      return new BitSet();
    }
    if (toFetch == null) {
      toFetch = moves.awaitToFetch(link, part.slots(), control);
    }
    // A target that was set back may have lost what was fetched.
    open.stream()
        .filter(each -> part.slots().contains(each) && !moves.isMoving(each))
        .forEach(toFetch::set);
    return toFetch;
  }

  /**
   * Slots that move and of which this link's target does not say so, as one that was set back. None
   * where all is known of what the link has: it says so of each of these, and would have to know
   * the keys of others too, which a master that was drained is not asked for any more.
   */
  BitSet unsaid() {
    if (isForeign() && listing.isAll()) {
      return new BitSet();
    }
    BitSet slots = moves.moving();
    contained.keySet().forEach(slots::clear);
    return slots;
  }

  private List<byte[]> words(BitSet slots) {
    List<byte[]> fields = new ArrayList<>();
    slots.stream()
        .forEach(
            each -> {
              fields.add(HealRecord.movedField(each));
              fields.add(Long.toString(contained.get(each)).getBytes(StandardCharsets.US_ASCII));
            });
    return fields;
  }
}
