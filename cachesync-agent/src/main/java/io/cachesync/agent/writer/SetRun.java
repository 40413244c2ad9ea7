package io.cachesync.agent.writer;

import io.cachesync.agent.entry.KeyValue;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.agent.resp.RespWriter;

/**
 * Small plain strings without a time to live, which one MSET puts at a target together: that costs
 * it a third less than a SET for each. Only where values are replaced, and at a cluster only those
 * of one slot.
 */
final class SetRun {
  /** Which keys one command may set. */
  enum Keys {
    ONE,
    OF_A_SLOT,
    ANY
  }

  /**
   * A server reads 16 KB at a time, and more only for a command that is longer: several of these
   * are then read, and answered, together (docs/performance.md). It serves nobody else meanwhile,
   * for half a millisecond at most.
   */
  private static final int MOST_BYTES = 32 * 1024;

  private static final int MOST_KEYS = 256;

  /** Larger ones gain nothing. */
  private static final int MOST_TEXT = 1024;

  private static final byte[] SET = StreamRewrite.ascii("SET");
  private static final byte[] MSET = StreamRewrite.ascii("MSET");

  private final RespWriter words = new RespWriter(4 * MOST_TEXT);
  private int keys;
  private int firstOffset;
  private int firstLength;
  private long position;

  /**
   * Whether a server lets us set many keys by one command: somebody may have renamed it, or not
   * have given us the right. Sent with a word too few, which is told only to who may use it.
   *
   * @param key one of our own; it may lie in a slot that the server does not have
   */
  static boolean isTakenBy(RedisConnection connection, String key) throws RedisException {
    RespValue reply = connection.tryCall("MSET", key, "", key);
    // Rights are looked at before the slot (processCommand in server.c, 6.0 and later).
    return reply.isError()
        && (reply.text().contains("wrong number of arguments")
            || reply.errorPrefix().equals("MOVED"));
  }

  /** Whether a SET of the stream puts a value of that kind. */
  static boolean takes(StreamCommand set) {
    return set.count() == 3 && set.length(2) <= MOST_TEXT && set.length(1) <= MOST_TEXT;
  }

  /** Whether it is a value of that kind. */
  static boolean takes(KeyValue value) {
    return value.isPlainString()
        && value.textLength() <= MOST_TEXT
        && value.expireAtMillis() == KeyValue.NO_EXPIRY;
  }

  /**
   * @param newPosition position in the snapshot that is reached with it
   */
  void add(KeyValue value, long newPosition) {
    words.arg(value.keyBuffer(), value.keyOffset(), value.keyLength());
    if (keys == 0) {
      firstLength = value.keyLength();
      firstOffset = words.length() - firstLength - 2;
    }
    words.arg(value.textBuffer(), value.textOffset(), value.textLength());
    position = newPosition;
    keys++;
  }

  /** A SET of the stream: its two words are taken as they are. */
  void add(StreamCommand set) {
    int from = set.offset(0) + set.length(0) + 2;
    words.raw(set.buffer(), from, set.start() + set.length() - from);
    keys++;
  }

  boolean isEmpty() {
    return keys == 0;
  }

  boolean isFull() {
    return keys == MOST_KEYS || words.length() >= MOST_BYTES;
  }

  /** Writes the command for all of them. */
  void writeTo(RespWriter out) {
    out.begin(1 + 2 * keys).arg(keys == 1 ? SET : MSET).raw(words.buffer(), 0, words.length());
  }

  /** Bytes that {@link #writeTo} is going to write, to within a few. */
  int bytes() {
    return words.length();
  }

  /** How many there are. */
  int keys() {
    return keys;
  }

  /** Holds the first key. */
  byte[] buffer() {
    return words.buffer();
  }

  int firstOffset() {
    return firstOffset;
  }

  int firstLength() {
    return firstLength;
  }

  /** Position in the snapshot that is reached with the last one. */
  long position() {
    return position;
  }

  void clear() {
    words.clear();
    keys = 0;
  }
}
