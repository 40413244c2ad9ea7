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
 * is and how large, so that the strings of the source can come with one MGET.
 *
 * <pre>
 * target: TYPE, PEXPIRETIME of each key
 * target: GETRANGE of strings, MEMORY USAGE of anything else
 * source: MGET of the strings that are not long, PEXPIRETIME of each key
 * both:   DUMP of what is no string and small
 * </pre>
 */
final class BulkComparer implements BatchComparer {
  /** Longer strings are read piece by piece. */
  private static final int STRING_BYTES = 64 * 1024;

  private static final long DUMP_BYTES = 32 * 1024;

  /** So much is held of the target's strings at a time, where they are as large as before. */
  private static final long PIECE_BYTES = 2 * 1024 * 1024;

  private static final int FEWEST_KEYS = 16;

  private static final byte[] TYPE = ascii("TYPE");
  private static final byte[] GETRANGE = ascii("GETRANGE");
  private static final byte[] START = ascii("0");
  private static final byte[] END = ascii(Integer.toString(STRING_BYTES - 1));
  private static final byte[] MEMORY = ascii("MEMORY");
  private static final byte[] USAGE = ascii("USAGE");
  private static final byte[] MGET = ascii("MGET");
  private static final byte[] DUMP = ascii("DUMP");

  private final long toleranceMillis;
  private final Wire source;
  private final Wire target;
  private final byte[] sourceExpiry;
  private final byte[] targetExpiry;
  private final Arena arena = new Arena();
  private int pieceKeys = FEWEST_KEYS * 4;

  private KeyBatch batch;
  private BitSet closer;
  private BitSet strings;
  private BitSet others;
  private long[] expiries = new long[0];

  BulkComparer(long toleranceMillis, Wire source, Wire target) {
    this.toleranceMillis = toleranceMillis;
    this.source = source;
    this.target = target;
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
      expiries = new long[batch.size()];
    }
    askTypes();
    BitSet open = new BitSet();
    open.set(0, batch.size());
    open.andNot(closer);
    for (int from = open.nextSetBit(0); from >= 0; from = open.nextSetBit(from + 1)) {
      BitSet piece = new BitSet();
      for (int i = from, n = 0; i >= 0 && n < pieceKeys; i = open.nextSetBit(i + 1), n++) {
        piece.set(i);
        from = i;
      }
      askTargetValues(piece);
      askSourceValues(piece);
    }
    others.andNot(closer);
    askDumps();
    return closer;
  }

  private void askTypes() throws IOException {
    for (int i = 0; i < batch.size(); i++) {
      byte[] key = batch.targetKey(i);
      target.to(key, 2).begin(2).arg(TYPE).arg(key).begin(2).arg(targetExpiry).arg(key);
    }
    target.flush();
    for (int i = 0; i < batch.size(); i++) {
      RespReader in = read(target, i);
      switch (ValueType.of(in.buffer(), in.offset(), in.length())) {
        case STRING -> strings.set(i);
        case NONE, OTHER -> closer.set(i);
        default -> others.set(i);
      }
      expiries[i] = expiry(target, i, read(target, i).integer());
    }
  }

  private void askTargetValues(BitSet piece) throws IOException {
    for (int i = piece.nextSetBit(0); i >= 0; i = piece.nextSetBit(i + 1)) {
      byte[] key = batch.targetKey(i);
      if (strings.get(i)) {
        target.to(key, 1).begin(4).arg(GETRANGE).arg(key).arg(START).arg(END);
      } else {
        target.to(key, 1).begin(3).arg(MEMORY).arg(USAGE).arg(key);
      }
    }
    target.flush();
    arena.clear(batch.size());
    for (int i = piece.nextSetBit(0); i >= 0; i = piece.nextSetBit(i + 1)) {
      RespReader in = read(target, i);
      if (!strings.get(i)) {
        closer.set(i, closer.get(i) || in.integer() > DUMP_BYTES);
      } else {
        arena.put(i, in);
        closer.set(i, closer.get(i) || in.length() == STRING_BYTES);
      }
    }
    long each = Math.max(1, arena.length() / piece.cardinality());
    pieceKeys = (int) Math.max(FEWEST_KEYS, Math.min(KeyScan.BATCH, PIECE_BYTES / each));
  }

  private void askSourceValues(BitSet piece) throws IOException {
    piece.andNot(closer);
    if (piece.isEmpty()) {
      return;
    }
    BitSet asked = (BitSet) piece.clone();
    asked.and(strings);
    RespWriter out = source.to(batch.key(0), piece.cardinality() + 1);
    if (!asked.isEmpty()) {
      out.begin(asked.cardinality() + 1).arg(MGET);
      for (int i = asked.nextSetBit(0); i >= 0; i = asked.nextSetBit(i + 1)) {
        out.arg(batch.key(i));
      }
    }
    for (int i = piece.nextSetBit(0); i >= 0; i = piece.nextSetBit(i + 1)) {
      out.begin(2).arg(sourceExpiry).arg(batch.key(i));
    }
    source.flush();
    if (!asked.isEmpty()) {
      read(source, 0);
      for (int i = asked.nextSetBit(0); i >= 0; i = asked.nextSetBit(i + 1)) {
        RespReader in = read(source, i);
        // Nil where the source has no string there.
        closer.set(i, in.integer() < 0 || !arena.isEqual(i, in));
      }
    }
    for (int i = piece.nextSetBit(0); i >= 0; i = piece.nextSetBit(i + 1)) {
      long expiry = expiry(source, i, read(source, i).integer());
      closer.set(i, closer.get(i) || !isLike(expiry, expiries[i]));
    }
  }

  private void askDumps() throws IOException {
    if (others.isEmpty()) {
      return;
    }
    for (int i = others.nextSetBit(0); i >= 0; i = others.nextSetBit(i + 1)) {
      source.to(batch.key(i), 1).begin(2).arg(DUMP).arg(batch.key(i));
      target.to(batch.targetKey(i), 1).begin(2).arg(DUMP).arg(batch.targetKey(i));
    }
    source.flush();
    target.flush();
    arena.clear(batch.size());
    for (int i = others.nextSetBit(0); i >= 0; i = others.nextSetBit(i + 1)) {
      arena.put(i, read(source, i));
    }
    for (int i = others.nextSetBit(0); i >= 0; i = others.nextSetBit(i + 1)) {
      RespReader in = read(target, i);
      closer.set(i, closer.get(i) || !arena.isSameValue(i, in));
    }
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
    byte type = connection.readToken();
    RespReader in = connection.in();
    of.countBytes(in.length() + 4L);
    if (type == RespReader.ERROR) {
      switch (in.tokenErrorPrefix()) {
        case "WRONGTYPE", "MOVED", "ASK", "TRYAGAIN" -> closer.set(i);
        default -> throw new RedisException(connection.tokenFault());
      }
    }
    return in;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
