package io.cachesync.agent.verify;

import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespReader;
import io.cachesync.contract.CheckMode;
import java.io.IOException;
import java.util.BitSet;

/**
 * Asks for the type of each key first, so that it works with every server and in every mode. In two
 * or three steps, each sent as one pipeline to both sides:
 *
 * <pre>
 * source: TYPE, PEXPIRETIME of each key
 * both:   GETRANGE of strings, length of anything else; at the target also PEXPIRETIME
 * both:   DUMP, or all elements, of what is small
 * </pre>
 */
final class TypedComparer implements BatchComparer {
  /** Of a longer string the first bytes say nothing. */
  private static final int STRING_BYTES = 16 * 1024;

  private final CheckMode mode;
  private final long bigElements;
  private final long toleranceMillis;
  private final Wire source;
  private final Wire target;
  private final Arena arena = new Arena();
  private final SmallComparer smalls;

  private KeyBatch batch;
  private BitSet closer;
  private BitSet small;
  private ValueType[] types = new ValueType[0];
  private long[] expiries = new long[0];
  private long[] lengths = new long[0];
  private long[] bytes = new long[0];

  TypedComparer(CheckMode mode, long bigElements, long toleranceMillis, Wire source, Wire target) {
    this.mode = mode;
    this.bigElements = bigElements;
    this.toleranceMillis = toleranceMillis;
    this.source = source;
    this.target = target;
    smalls = new SmallComparer(source, target, this::read);
  }

  @Override
  public BitSet suspects(KeyBatch of) throws IOException {
    batch = of;
    closer = new BitSet();
    small = new BitSet();
    if (types.length < batch.size()) {
      types = new ValueType[batch.size()];
      expiries = new long[batch.size()];
      lengths = new long[batch.size()];
      bytes = new long[batch.size()];
    }
    askOutlines();
    askValues();
    smalls.compare(batch, small, types, bytes, closer);
    return closer;
  }

  private void askOutlines() throws IOException {
    for (int i = 0; i < batch.size(); i++) {
      send(source, "TYPE", i);
      send(source, Expiry.command(source.side().features()), i);
    }
    source.flush();
    for (int i = 0; i < batch.size(); i++) {
      readType(i);
      expiries[i] = readExpiry(source, i);
      if (types[i] == ValueType.NONE || types[i] == ValueType.OTHER) {
        closer.set(i);
      }
    }
  }

  private void askValues() throws IOException {
    for (int i = next(0); i < batch.size(); i = next(i + 1)) {
      if (mode != CheckMode.OUTLINE) {
        sendValue(source, i);
      }
      send(target, Expiry.command(target.side().features()), i);
      if (mode == CheckMode.OUTLINE) {
        send(target, "TYPE", i);
      } else {
        sendValue(target, i);
      }
    }
    BitSet asked = closer;
    closer = (BitSet) asked.clone();
    source.flush();
    target.flush();
    if (mode != CheckMode.OUTLINE) {
      readSourceValues(asked);
    }
    readTargetValues(asked);
  }

  private void sendValue(Wire of, int i) throws IOException {
    if (readsBytes(i)) {
      byte[] key = key(of, i);
      of.to(key).begin(4).arg("GETRANGE").arg(key).arg(0).arg(STRING_BYTES - 1);
      return;
    }
    send(of, types[i].lengthCommand(), i);
    if (asksSize(of, i)) {
      of.to(key(of, i)).begin(3).arg("MEMORY").arg("USAGE").arg(key(of, i));
    }
  }

  private boolean readsBytes(int i) {
    return types[i] == ValueType.STRING && mode != CheckMode.LENGTH;
  }

  private boolean asksSize(Wire of, int i) {
    return of == source
        && mode != CheckMode.LENGTH
        && types[i] != ValueType.STRING
        && of.side().features().memoryUsage();
  }

  private void readSourceValues(BitSet asked) throws IOException {
    arena.clear(batch.size());
    for (int i = asked.nextClearBit(0); i < batch.size(); i = asked.nextClearBit(i + 1)) {
      RespReader in = read(source, i);
      if (readsBytes(i)) {
        arena.put(i, in);
        if (in.length() == STRING_BYTES) {
          closer.set(i);
        }
        continue;
      }
      lengths[i] = in.integer();
      bytes[i] = asksSize(source, i) ? read(source, i).integer() : 0;
      boolean isSmall =
          asksSize(source, i)
              ? bytes[i] <= SmallComparer.MOST_BYTES
              : lengths[i] <= SmallComparer.MOST_ELEMENTS;
      if (isSmall && mode != CheckMode.LENGTH && smalls.knows(types[i])) {
        small.set(i);
      }
    }
  }

  private void readTargetValues(BitSet asked) throws IOException {
    for (int i = asked.nextClearBit(0); i < batch.size(); i = asked.nextClearBit(i + 1)) {
      long expiry = readExpiry(target, i);
      boolean both = expiry >= 0 == expiries[i] >= 0 && expiry != Expiry.ABSENT;
      if (!both || (expiry >= 0 && Math.abs(expiry - expiries[i]) > toleranceMillis)) {
        closer.set(i);
      }
      RespReader in = read(target, i);
      if (mode == CheckMode.OUTLINE) {
        closer.set(
            i, closer.get(i) || ValueType.of(in.buffer(), in.offset(), in.length()) != types[i]);
      } else if (readsBytes(i)) {
        closer.set(i, closer.get(i) || !arena.isEqual(i, in));
      } else if (in.integer() != lengths[i] || needsMore(i)) {
        closer.set(i);
      }
    }
    small.andNot(closer);
  }

  /** Whether equal lengths are not enough, and the value is not small. */
  private boolean needsMore(int i) {
    boolean lengthOnly =
        mode == CheckMode.LENGTH || (mode == CheckMode.SMART && lengths[i] >= bigElements);
    if (lengthOnly) {
      small.clear(i);
    }
    return !lengthOnly && !small.get(i);
  }

  private int next(int from) {
    return closer.nextClearBit(from);
  }

  private void send(Wire to, String command, int i) throws RedisException {
    to.to(key(to, i)).begin(2).arg(command).arg(key(to, i));
  }

  private byte[] key(Wire of, int i) {
    return of == target ? batch.targetKey(i) : batch.key(i);
  }

  private void readType(int i) throws IOException {
    RespReader in = read(source, i);
    types[i] = ValueType.of(in.buffer(), in.offset(), in.length());
  }

  private long readExpiry(Wire of, int i) throws IOException {
    long reply = read(of, i).integer();
    if (reply < 0 || of.side().features().expireTime()) {
      return reply;
    }
    return of.at(key(of, i)).nowMillis() + reply;
  }

  /** The next reply; one that speaks of the key makes it a suspect. */
  private RespReader read(Wire of, int i) throws IOException {
    RedisConnection connection = of.at(key(of, i)).connection();
    byte type = connection.readToken(Replies.MOST_HELD);
    RespReader in = connection.in();
    of.countBytes(in.length() + 4L);
    if (type == RespReader.ERROR) {
      switch (in.tokenErrorPrefix()) {
        case "WRONGTYPE", "MOVED", "ASK", "TRYAGAIN", "ERR" -> closer.set(i);
        default -> throw new RedisException(connection.tokenFault());
      }
    }
    return in;
  }
}
