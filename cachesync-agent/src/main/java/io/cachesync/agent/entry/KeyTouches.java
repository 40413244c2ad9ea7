package io.cachesync.agent.entry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Tells one follower which keys a link's stream touches, and up to where the target has them. One
 * thread touches and never waits; nothing is allocated for a touch, and the memory is bounded: what
 * does not fit is lost and counted.
 *
 * <p>Of every touch the offset is kept by a hash of the key, so that the follower can tell that a
 * key was <em>not</em> touched; of a share of the keys, chosen by the same hash, the key itself
 * goes through a ring:
 *
 * <pre>
 * length of the key, or -1 for the ring's end (4) · database (4) · offset behind the command (8) · key · padding to 16
 * </pre>
 */
// Of what is volatile the touching thread alone writes all but the share.
@SuppressWarnings("NonAtomicVolatileUpdate")
public final class KeyTouches {
  /** The share is counted in so many parts. */
  public static final int WHOLE = 1024;

  private static final int PLACES = 1 << 16;
  private static final int RING_BYTES = 1 << 20;
  private static final int HEAD_BYTES = 16;
  private static final int LONGEST_KEY = 1 << 16;
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle WRITTEN;
  private static final VarHandle READ;

  static {
    try {
      MethodHandles.Lookup own = MethodHandles.lookup();
      WRITTEN = own.findVarHandle(KeyTouches.class, "written", long.class);
      READ = own.findVarHandle(KeyTouches.class, "read", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The highest offset of a touch, by the hash of its key; all three are made for a follower. */
  private AtomicLongArray offsets;

  /** What of a place waits in the ring: a key that does is not put there once more. */
  private AtomicIntegerArray waiting;

  private byte[] ring;

  /** Bytes ever written to and read from the ring. */
  private long written;

  private long read;
  private long lostTouches;
  private int follower;

  private volatile long lost;
  private volatile long everyKey = -1;
  private volatile long applied = -1;
  private volatile int share;
  private volatile int session;
  private volatile boolean steady;
  private volatile String replId = "";

  /** Of the touching thread: whether somebody follows. */
  public boolean isFollowed() {
    return share > 0;
  }

  /**
   * The stream begins at some place of some history; offsets of before mean nothing.
   *
   * @param upToOffset what the target has
   */
  public void begin(long upToOffset) {
    steady = false;
    session++;
    applied = upToOffset;
    everyKey = -1;
    for (int i = 0; share > 0 && i < PLACES; i++) {
      offsets.setPlain(i, -1);
    }
    session++;
  }

  /**
   * Where the bytes that follow come from.
   *
   * @param isSteady whether all that comes is applied: not while slots of the source move
   */
  public void from(String newReplId, boolean isSteady) {
    if (!replId.equals(newReplId)) {
      replId = newReplId;
      session++;
    }
    if (steady != isSteady) {
      steady = isSteady;
      session++;
    }
  }

  /** The stream ends, or stops for something that is not in it. */
  public void pause() {
    steady = false;
    session++;
  }

  /** The target has everything up to here. */
  public void applied(long offset) {
    applied = offset;
  }

  /** Something touches keys that it does not name. */
  public void touchEvery(long endOffset) {
    everyKey = Math.max(everyKey, endOffset);
  }

  /**
   * A command touches a key.
   *
   * @param endOffset the source's offset behind the command
   */
  public void touch(byte[] buffer, int offset, int length, int database, long endOffset) {
    long hash = hash(buffer, offset, length);
    int place = (int) hash & (PLACES - 1);
    if (offsets.getPlain(place) < endOffset) {
      offsets.setRelease(place, endOffset);
    }
    if (part(hash) >= share) {
      return;
    }
    int tag = tag(hash, database);
    if (waiting.getOpaque(place) == tag) {
      return;
    }
    // Before it is offered: from then on the follower may take the tag away.
    waiting.setOpaque(place, tag);
    if (!offer(buffer, offset, length, database, endOffset)) {
      waiting.setOpaque(place, 0);
      lostTouches++;
      lost = lostTouches;
    }
  }

  private boolean offer(byte[] buffer, int offset, int length, int database, long endOffset) {
    if (length > LONGEST_KEY) {
      return false;
    }
    int size = (HEAD_BYTES + length + HEAD_BYTES - 1) & -HEAD_BYTES;
    long end = written;
    int at = (int) (end & (RING_BYTES - 1));
    int padding = at + size > RING_BYTES ? RING_BYTES - at : 0;
    if (end + padding + size - (long) READ.getAcquire(this) > RING_BYTES) {
      return false;
    }
    if (padding > 0) {
      INTS.set(ring, at, -1);
      end += padding;
      at = 0;
    }
    INTS.set(ring, at, length);
    INTS.set(ring, at + 4, database);
    LONGS.set(ring, at + 8, endOffset);
    System.arraycopy(buffer, offset, ring, at + HEAD_BYTES, length);
    WRITTEN.setRelease(this, end + size);
    return true;
  }

  /**
   * Begins to follow, with nothing of before; whoever followed hears nothing more. Nothing is told
   * before there is a {@linkplain #share share}.
   *
   * @return who follows now
   */
  public synchronized int follow() {
    share = 0;
    if (ring == null) {
      offsets = new AtomicLongArray(PLACES);
      waiting = new AtomicIntegerArray(PLACES);
      ring = new byte[RING_BYTES];
    }
    READ.setRelease(this, (long) WRITTEN.getAcquire(this));
    for (int i = 0; i < PLACES; i++) {
      offsets.setOpaque(i, -1);
      waiting.setOpaque(i, 0);
    }
    return ++follower;
  }

  /**
   * The next touched key, or null.
   *
   * @param own what {@link #follow} told
   */
  public synchronized Touch poll(int own) {
    long begin = read;
    if (own != follower) {
      return null;
    }
    long end = (long) WRITTEN.getAcquire(this);
    if (begin == end) {
      return null;
    }
    int at = (int) (begin & (RING_BYTES - 1));
    if ((int) INTS.get(ring, at) < 0) {
      begin += RING_BYTES - at;
      at = 0;
    }
    int length = (int) INTS.get(ring, at);
    byte[] key = new byte[length];
    System.arraycopy(ring, at + HEAD_BYTES, key, 0, length);
    Touch touch = new Touch((int) INTS.get(ring, at + 4), key, (long) LONGS.get(ring, at + 8));
    // From here on a touch of this key is told once more.
    waiting.setOpaque((int) hash(key, 0, length) & (PLACES - 1), 0);
    READ.setRelease(this, begin + ((HEAD_BYTES + length + HEAD_BYTES - 1) & -HEAD_BYTES));
    return touch;
  }

  /**
   * How many parts of {@link #WHOLE} are told; 0 for none, nothing is looked at then.
   *
   * @param own what {@link #follow} told
   */
  public synchronized void share(int own, int parts) {
    if (own == follower) {
      share = parts;
    }
  }

  /** Whether a key is of the share. */
  public boolean isChosen(byte[] key) {
    return part(hash(key, 0, key.length)) < share;
  }

  /** How far the ring was ever filled; what lies before is of this moment or older. */
  public long offered() {
    return (long) WRITTEN.getAcquire(this);
  }

  /** How far the ring was read: behind what {@link #poll} told last. */
  public long taken() {
    return (long) READ.getAcquire(this);
  }

  /** Touches of the share that found no room. */
  public long lost() {
    return lost;
  }

  /** Another one each time that offsets lose their meaning, or something goes past the stream. */
  public int session() {
    return session;
  }

  /** Whether the stream runs, and all that it tells is applied. */
  public boolean isSteady() {
    return steady;
  }

  public String replId() {
    return replId;
  }

  /** Up to where the target has everything; what was touched up to there is known. */
  public long applied() {
    return applied;
  }

  /**
   * The highest offset at which a key may have been touched: never too low for what is {@linkplain
   * #applied applied}.
   */
  public long lastTouch(byte[] key) {
    int place = (int) hash(key, 0, key.length) & (PLACES - 1);
    return Math.max(everyKey, offsets.getAcquire(place));
  }

  private static int part(long hash) {
    return (int) (hash >>> 54);
  }

  private static int tag(long hash, int database) {
    return ((int) (hash >>> 16) + database * 31) | 1;
  }

  /**
   * Eight bytes at a time; the end is MurmurHash3's, as published: each bit hangs on every other.
   */
  private static long hash(byte[] bytes, int offset, int length) {
    long hash = 0x9E3779B97F4A7C15L ^ length;
    int i = offset;
    int end = offset + length;
    for (; i + 8 <= end; i += 8) {
      hash = (hash ^ (long) LONGS.get(bytes, i)) * 0xff51afd7ed558ccdL;
      hash ^= hash >>> 32;
    }
    for (; i < end; i++) {
      hash = (hash ^ (bytes[i] & 0xff)) * 0x100000001B3L;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return hash ^ (hash >>> 33);
  }

  /** A key that a command touched. */
  public static final class Touch {
    private final int database;
    private final byte[] key;
    private final long endOffset;

    Touch(int database, byte[] key, long endOffset) {
      this.database = database;
      this.key = key;
      this.endOffset = endOffset;
    }

    /** Of the source. */
    public int database() {
      return database;
    }

    public byte[] key() {
      return key;
    }

    /** The source's offset behind the command. */
    public long endOffset() {
      return endOffset;
    }
  }
}
