package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.filter.Selection;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.source.KeyPresence;
import io.cachesync.agent.writer.FormerKeys;
import io.cachesync.agent.writer.TargetWriter;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.LogLevel;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Removes from a target what a former full sync has left there and the source does not have any
 * more, before the next one is written over the rest. Whatever it removes, the snapshot and the
 * stream behind it bring back what the source has; what it leaves because the source has such a key
 * by now, the snapshot may not have. So the keys that the stream makes up to the offset that it
 * tells are fetched again.
 *
 * <p>For the applying thread, but {@link #close} may come from any.
 */
final class Sweep implements FormerKeys, Closeable {
  private static final long SAY_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Waits for limits and pauses. */
  interface Pace {
    void await(long keysRemoved) throws IOException, InterruptedException;
  }

  private final RedisClient client;
  private final Selection selection;
  private final SourcePart part;
  private final SlotShare share;
  private final LinkState state;
  private volatile KeyPresence source;
  private Leftovers leftovers;
  private long upTo;
  private Pace pace;
  private long looked;
  private long removed;
  private long saidNanos;

  Sweep(
      RedisClient client, Selection selection, SourcePart part, SlotShare share, LinkState state) {
    this.client = client;
    this.selection = selection;
    this.part = part;
    this.share = share;
    this.state = state;
  }

  /**
   * Removes them.
   *
   * @param replId the history that the snapshot is of
   * @return up to where the source has told what it has; -1 where nothing was left
   */
  long run(TargetWriter writer, String replId, Pace newPace)
      throws IOException, InterruptedException {
    leftovers = new Leftovers(part.links());
    looked = 0;
    removed = 0;
    saidNanos = System.nanoTime();
    pace = newPace;
    try (KeyPresence asked = KeyPresence.of(client)) {
      source = asked;
      writer.sweep(this);
      KeyPresence.Standing standing = asked.standing();
      if (!standing.replId().equals(replId)) {
        throw new RedisException(
            Fault.retryable(
                FaultCode.CONNECTION_LOST,
                "the source took up the history %s while it was asked for its keys"
                    .formatted(standing.replId())));
      }
      if (looked > 0) {
        say("keys of the former full sync were looked at");
      }
      if (asked.refused() != null) {
        state.log(
            LogLevel.WARN,
            "not all keys could be asked for at the source, and were removed before they are"
                + " copied again: "
                + asked.refused().message());
      }
      upTo = leftovers.isEmpty() ? -1 : standing.offset();
      // If the source loses this, what was left there may be what nobody has.
      state.holdsUpTo(Math.max(state.heldUpTo(), upTo));
      return upTo;
    } finally {
      source = null;
    }
  }

  /** Nothing is known of what a former full sync has left. */
  void forget() {
    leftovers = null;
  }

  /** The lane is applied up to here, and begins behind it from now on. */
  void passed(long offset) {
    if (leftovers != null && offset >= upTo) {
      forget();
    }
  }

  /** The snapshot has a key of the source. */
  void written(int database, byte[] buffer, int offset, int length) {
    if (leftovers != null) {
      leftovers.written(database, buffer, offset, length);
    }
  }

  /**
   * Whether the target may have had something of a former full sync where the snapshot had nothing;
   * always, where another process has swept it.
   */
  boolean mayHaveLeft(DatabaseKey key) {
    return leftovers == null || leftovers.mayBe(key.database(), key.key());
  }

  /** How many keys the last one has removed. */
  long removed() {
    return removed;
  }

  @Override
  public BitSet staying(int database, List<byte[]> keys) throws IOException, InterruptedException {
    state.control().check();
    BitSet staying = new BitSet();
    List<byte[]> names = new ArrayList<>();
    int[] places = new int[keys.size()];
    int others = 0;
    int from = selection.sourceDatabase(database);
    for (int i = 0; i < keys.size(); i++) {
      byte[] name = selection.sourceKey(keys.get(i));
      if (selection.isOwn(keys.get(i)) || isOfAnother(name)) {
        staying.set(i);
        others++;
      } else if (from >= 0 && isMoved(from, name, keys.get(i))) {
        places[names.size()] = i;
        names.add(name);
      }
    }
    if (!names.isEmpty()) {
      Predicate<String> types = selection.selectsTypes() ? selection::movesType : null;
      source.present(from, names, types, this::isMoving).stream()
          .forEach(
              each -> {
                staying.set(places[each]);
                leftovers.leave(from, names.get(each));
              });
    }
    long gone = (long) keys.size() - staying.cardinality();
    looked += keys.size() - others;
    removed += gone;
    pace.await(gone);
    if (System.nanoTime() - saidNanos > SAY_NANOS) {
      say("keys of the former full sync have been looked at so far");
    }
    return staying;
  }

  @Override
  public Optional<Set<String>> libraries() throws IOException {
    return part.functions() && selection.appliesCommand("FUNCTION")
        ? source.libraries()
        : Optional.empty();
  }

  @Override
  public void close() {
    KeyPresence current = source;
    if (current != null) {
      current.close();
    }
  }

  private boolean isOfAnother(byte[] name) {
    return !part.slots().contains(HashSlot.of(name));
  }

  /** What the source's node does not tell, as the slot moves, stays until the slot is fetched. */
  private boolean isMoving(byte[] name) {
    if (share.follows()) {
      share.notice(HashSlot.of(name));
    }
    return share.follows();
  }

  private boolean isMoved(int database, byte[] name, byte[] atTarget) {
    return selection.moves(database, name, 0, name.length)
        && Arrays.equals(selection.targetKey(name), atTarget);
  }

  private void say(String what) {
    saidNanos = System.nanoTime();
    state.log(
        LogLevel.INFO,
        "%d %s, %d that the source does not have were removed".formatted(looked, what, removed));
  }
}
