package io.cachesync.agent.verify;

import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespReader;
import io.cachesync.agent.resp.RespWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/**
 * Compares whole values, and asks one server, the source, for little: the target tells what a key
 * is and how large. The source is not taken to be like it: strings are cut where they are longer
 * than the target's, until so many were not that they can come as they are, with one MGET.
 *
 * <pre>
 * target: TYPE, PEXPIRETIME of each key; only the latter where most are strings
 * target: GETRANGE of strings, MEMORY USAGE of anything else
 * source: GETRANGE or MGET of the strings that are not long, PEXPIRETIME of each key,
 *         MEMORY USAGE (or length) of what is no string
 * both:   DUMP, or all elements, of what is no string and small
 * </pre>
 */
final class BulkComparer implements BatchComparer {
  /** Longer strings are read piece by piece. */
  private static final int STRING_BYTES = 64 * 1024;

  /** So much is held of the target's strings at a time, where they are as large as before. */
  private static final long PIECE_BYTES = 2 * 1024 * 1024;

  private static final int FEWEST_KEYS = 16;

  /** After so many strings that are not longer at the source it gives them as they are. */
  private static final int TRUSTED_AFTER = KeyScan.BATCH;

  /**
   * Where no more than one key in so many was none, all are taken for strings, and not asked for
   * their types: what is none says so.
   */
  private static final int SOME = 16;

  /** Where the source does not tell sizes, but the target found it small. */
  private static final long MOST_ELEMENTS = 512;

  private static final byte[] TYPE = ascii("TYPE");
  private static final byte[] GETRANGE = ascii("GETRANGE");
  private static final byte[] START = ascii("0");
  private static final byte[] END = ascii(Integer.toString(STRING_BYTES - 1));
  private static final byte[] MEMORY = ascii("MEMORY");
  private static final byte[] USAGE = ascii("USAGE");
  private static final byte[] MGET = ascii("MGET");

  private final long toleranceMillis;
  private final Wire source;
  private final Wire target;
  private final byte[] sourceExpiry;
  private final byte[] targetExpiry;
  private final Arena arena = new Arena();
  private final SmallComparer smalls;

  /** Strings since the last one that was longer at the source. */
  private int longerAgo;

  private int pieceKeys = FEWEST_KEYS * 4;

  /** Whether the batch before had hardly anything else. */
  private boolean mostlyStrings;

  private KeyBatch batch;
  private BitSet closer;
  private BitSet strings;
  private BitSet others;
  private ValueType[] types = new ValueType[0];
  private long[] expiries = new long[0];
  private long[] bytes = new long[0];

  BulkComparer(long toleranceMillis, Wire source, Wire target) {
    this.toleranceMillis = toleranceMillis;
    this.source = source;
    this.target = target;
    smalls = new SmallComparer(source, target, this::read);
    sourceExpiry = ascii(Expiry.command(source.side().features()));
    targetExpiry = ascii(Expiry.command(target.side().features()));
  }

  /** Whether both sides can be asked in this way: keys of a cluster lie in too many slots. */
  static boolean fits(Side source, Side target) {
    return !source.isCluster()
        && target.features().memoryUsage()
        && source.features().dump()
        && target.features().dump();
  }

  @Override
  public BitSet suspects(KeyBatch of) throws IOException {
    batch = of;
    closer = new BitSet();
    strings = new BitSet();
    others = new BitSet();
    if (expiries.length < batch.size()) {
      types = new ValueType[batch.size()];
      expiries = new long[batch.size()];
      bytes = new long[batch.size()];
    }
    BitSet open = new BitSet();
    open.set(0, batch.size());
    if (mostlyStrings) {
      open = lookAtStrings(open);
    }
    if (!open.isEmpty()) {
      askTypes(open);
      open.andNot(closer);
      lookAt(open, false);
    }
    mostlyStrings = others.cardinality() <= batch.size() / SOME;
    others.andNot(closer);
    smalls.compare(batch, others, types, bytes, closer);
    return closer;
  }

  /** Takes all of them for strings, and returns those that are none. */
  private BitSet lookAtStrings(BitSet keys) throws IOException {
    strings.or(keys);
    lookAt(keys, true);
    BitSet none = (BitSet) keys.clone();
    none.andNot(strings);
    return none;
  }

  /**
   * Piece by piece.
   *
   * @param guessed whether they are only taken for strings, and nothing was asked of them yet
   */
  private void lookAt(BitSet open, boolean guessed) throws IOException {
    for (int from = open.nextSetBit(0); from >= 0; from = open.nextSetBit(from + 1)) {
      BitSet piece = new BitSet();
      for (int i = from, n = 0; i >= 0 && n < pieceKeys; i = open.nextSetBit(i + 1), n++) {
        piece.set(i);
        from = i;
      }
      askTargetValues(piece, guessed);
      askSourceValues(piece);
    }
  }

  private void askTypes(BitSet keys) throws IOException {
    for (int i = keys.nextSetBit(0); i >= 0; i = keys.nextSetBit(i + 1)) {
      byte[] key = batch.targetKey(i);
      target.to(key, 2).begin(2).arg(TYPE).arg(key).begin(2).arg(targetExpiry).arg(key);
    }
    target.flush();
    for (int i = keys.nextSetBit(0); i >= 0; i = keys.nextSetBit(i + 1)) {
      RespReader in = read(target, i);
      types[i] = ValueType.of(in.buffer(), in.offset(), in.length());
      switch (types[i]) {
        case STRING -> strings.set(i);
        case NONE, OTHER -> closer.set(i);
        default -> others.set(i);
      }
      expiries[i] = expiry(target, i, read(target, i).integer());
    }
  }

  private void askTargetValues(BitSet piece, boolean guessed) throws IOException {
    for (int i = piece.nextSetBit(0); i >= 0; i = piece.nextSetBit(i + 1)) {
      byte[] key = batch.targetKey(i);
      if (guessed) {
        target.to(key, 1).begin(2).arg(targetExpiry).arg(key);
      }
      if (strings.get(i)) {
        target.to(key, 1).begin(4).arg(GETRANGE).arg(key).arg(START).arg(END);
      } else {
        target.to(key, 1).begin(3).arg(MEMORY).arg(USAGE).arg(key);
      }
    }
    target.flush();
    arena.clear(batch.size());
    for (int i = piece.nextSetBit(0); i >= 0; i = piece.nextSetBit(i + 1)) {
      if (guessed) {
        expiries[i] = expiry(target, i, read(target, i).integer());
      }
      if (strings.get(i)) {
        readTargetString(i, guessed, piece);
      } else {
        bytes[i] = read(target, i).integer();
        closer.set(i, closer.get(i) || bytes[i] > SmallComparer.MOST_BYTES);
      }
    }
    long each = Math.max(1, arena.length() / Math.max(1, piece.cardinality()));
    pieceKeys = (int) Math.max(FEWEST_KEYS, Math.min(KeyScan.BATCH, PIECE_BYTES / each));
  }

  /** One that was wrongly taken for a string leaves the piece. */
  private void readTargetString(int i, boolean guessed, BitSet piece) throws IOException {
    boolean spoken = closer.get(i);
    RespReader in = read(target, i);
    if (guessed && !spoken && closer.get(i)) {
      closer.clear(i);
      strings.clear(i);
      piece.clear(i);
      return;
    }
    arena.put(i, in);
    closer.set(i, closer.get(i) || in.length() == STRING_BYTES);
  }

  private void askSourceValues(BitSet piece) throws IOException {
    piece.andNot(closer);
    if (piece.isEmpty()) {
      return;
    }
    BitSet asked = (BitSet) piece.clone();
    asked.and(strings);
    boolean atOnce = longerAgo >= TRUSTED_AFTER;
    if (!asked.isEmpty()) {
      sendStrings(asked, atOnce);
    }
    for (int i = piece.nextSetBit(0); i >= 0; i = piece.nextSetBit(i + 1)) {
      source.to(batch.key(i)).begin(2).arg(sourceExpiry).arg(batch.key(i));
      if (!strings.get(i)) {
        sendSize(i);
      }
    }
    source.flush();
    if (!asked.isEmpty()) {
      readStrings(asked, atOnce);
    }
    for (int i = piece.nextSetBit(0); i >= 0; i = piece.nextSetBit(i + 1)) {
      long expiry = expiry(source, i, read(source, i).integer());
      closer.set(i, closer.get(i) || !isLike(expiry, expiries[i]));
      if (!strings.get(i)) {
        readSize(i);
      }
    }
  }

  /** At most one byte more of each than the target has, or all of them as they are. */
  private void sendStrings(BitSet asked, boolean atOnce) throws IOException {
    if (atOnce) {
      RespWriter out = source.to(batch.key(0)).begin(asked.cardinality() + 1).arg(MGET);
      asked.stream().forEach(i -> out.arg(batch.key(i)));
      return;
    }
    for (int i = asked.nextSetBit(0); i >= 0; i = asked.nextSetBit(i + 1)) {
      RespWriter out = source.to(batch.key(i)).begin(4).arg(GETRANGE).arg(batch.key(i));
      out.arg(START).arg(arena.length(i));
    }
  }

  private void readStrings(BitSet asked, boolean atOnce) throws IOException {
    if (atOnce && !isArray()) {
      closer.or(asked);
      longerAgo = 0;
      return;
    }
    for (int i = asked.nextSetBit(0); i >= 0; i = asked.nextSetBit(i + 1)) {
      RespReader in = read(source, i);
      // Where the source has no string there, or a very long one.
      boolean isNull = in.integer() < 0;
      boolean isLonger = isNull || in.length() > arena.length(i);
      longerAgo = isLonger ? 0 : Math.min(TRUSTED_AFTER, longerAgo + 1);
      closer.set(i, closer.get(i) || isNull || !arena.isEqual(i, in));
    }
  }

  private boolean isArray() throws IOException {
    RedisConnection connection = source.at(batch.key(0)).connection();
    byte type = connection.readToken();
    if (type == RespReader.ERROR && !speaksOfKey(connection.in())) {
      throw new RedisException(connection.tokenFault());
    }
    return type == RespReader.ARRAY;
  }

  private void sendSize(int i) throws IOException {
    if (source.side().features().memoryUsage()) {
      source.to(batch.key(i)).begin(3).arg(MEMORY).arg(USAGE).arg(batch.key(i));
    } else {
      source.to(batch.key(i)).begin(2).arg(types[i].lengthCommand()).arg(batch.key(i));
    }
  }

  private void readSize(int i) throws IOException {
    long size = read(source, i).integer();
    boolean isLarge = size > MOST_ELEMENTS;
    if (source.side().features().memoryUsage()) {
      isLarge = size > SmallComparer.MOST_BYTES;
      bytes[i] = Math.max(bytes[i], size);
    }
    closer.set(i, closer.get(i) || isLarge);
  }

  private boolean isLike(long one, long other) {
    if (one < 0 || other < 0) {
      return one == other && one == Expiry.NEVER;
    }
    return Math.abs(one - other) <= toleranceMillis;
  }

  private long expiry(Wire of, int i, long reply) throws IOException {
    boolean isTime = reply < 0 || of.side().features().expireTime();
    return isTime ? reply : of.at(key(of, i)).nowMillis() + reply;
  }

  private byte[] key(Wire of, int i) {
    return of == target ? batch.targetKey(i) : batch.key(i);
  }

  /** The next reply; one that speaks of the key makes it a suspect. */
  private RespReader read(Wire of, int i) throws IOException {
    RedisConnection connection = of.at(key(of, i)).connection();
    byte type = connection.readToken(Replies.MOST_HELD);
    RespReader in = connection.in();
    of.countBytes(in.length() + 4L);
    if (type == RespReader.ERROR) {
      if (!speaksOfKey(in)) {
        throw new RedisException(connection.tokenFault());
      }
      closer.set(i);
    }
    return in;
  }

  private static boolean speaksOfKey(RespReader error) {
    return switch (error.tokenErrorPrefix()) {
      case "WRONGTYPE", "MOVED", "ASK", "TRYAGAIN" -> true;
      default -> false;
    };
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
