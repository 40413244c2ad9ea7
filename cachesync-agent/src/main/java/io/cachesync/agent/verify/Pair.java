package io.cachesync.agent.verify;

import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ReplyFault;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.agent.resp.RespWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One key on both sides, for one thread. What it asks throws {@link KeyChanged} where the key is no
 * more what it was, and {@link RedisException} where a side cannot be asked.
 */
final class Pair {
  /** Bytes of a value that are read at a time from each side. */
  static final long PIECE_BYTES = 512 * 1024;

  private static final int MOST_ELEMENTS = 2000;

  /** Where nothing tells how large elements are. */
  private static final int BLIND_ELEMENTS = 100;

  private final Wire source;
  private final Wire target;
  private final long toleranceMillis;
  private final boolean sourceTellsEntriesRead;
  private byte[] key;
  private byte[] targetKey;
  private long bytes;

  /**
   * @param sourceTellsEntriesRead as {@link Side#tellsEntriesRead}
   */
  Pair(Wire source, Wire target, long toleranceMillis, boolean sourceTellsEntriesRead) {
    this.sourceTellsEntriesRead = sourceTellsEntriesRead;
    this.source = source;
    this.target = target;
    this.toleranceMillis = toleranceMillis;
  }

  void of(byte[] newKey, byte[] newTargetKey) {
    key = newKey;
    targetKey = newTargetKey;
    bytes = 0;
  }

  /** About how large the value is, 0 where that is not known. */
  void valueBytes(long newBytes) {
    bytes = newBytes;
  }

  Wire source() {
    return source;
  }

  Wire target() {
    return target;
  }

  Node nodeOf(Wire of) throws RedisException {
    return of.at(key(of));
  }

  boolean sourceTellsEntriesRead() {
    return sourceTellsEntriesRead;
  }

  long toleranceMillis() {
    return toleranceMillis;
  }

  /** By how much the target's clock, the one furthest ahead, is ahead of the source's; or 0. */
  long aheadMillis() throws RedisException {
    nodeOf(target);
    return Math.max(0, target.mostSkewMillis() - nodeOf(source).skewMillis());
  }

  /** How many of so many elements make a piece. */
  int elementsAtOnce(long elements) {
    if (bytes == 0) {
      return BLIND_ELEMENTS;
    }
    long each = Math.max(1, bytes / Math.max(1, elements));
    return (int) Math.max(1, Math.min(MOST_ELEMENTS, PIECE_BYTES / each));
  }

  /** The same command on both sides, the key as its first argument. */
  Both ask(String command, Object... arguments) throws IOException {
    send(source, command, arguments);
    send(target, command, arguments);
    source.flush();
    target.flush();
    return new Both(read(source), read(target));
  }

  /** One command on one side, the key as its first argument. */
  RespValue ask(Wire of, String command, Object... arguments) throws IOException {
    send(of, command, arguments);
    of.flush();
    return read(of);
  }

  /** Puts a command into the buffer, the key as its first argument. */
  void send(Wire of, String command, Object... arguments) throws RedisException {
    String[] words = command.split(" ", -1);
    RespWriter out = of.to(key(of)).begin(words.length + 1 + arguments.length);
    for (String word : words) {
      out.arg(word);
    }
    out.arg(key(of));
    for (Object argument : arguments) {
      if (argument instanceof byte[] raw) {
        out.arg(raw);
      } else {
        out.arg(argument.toString());
      }
    }
  }

  /** One command with many elements behind its arguments. */
  void send(Wire of, String command, List<?> arguments, List<byte[]> names) throws RedisException {
    List<Object> all = new ArrayList<>(arguments.size() + names.size());
    all.addAll(arguments);
    all.addAll(names);
    send(of, command, all.toArray());
  }

  RespValue read(Wire of) throws IOException {
    RespValue reply = of.read(key(of));
    if (!reply.isError()) {
      return reply;
    }
    String prefix = reply.errorPrefix();
    String server = of.at(key(of)).connection().toString();
    if (prefix.equals("WRONGTYPE") || prefix.equals("NOGROUP") || isGone(reply)) {
      // Replies to what was asked with it may be under way: nothing is read behind them.
      source.close();
      target.close();
      throw new KeyChanged(server + " answered: " + reply.text());
    }
    throw new RedisException(ReplyFault.of(server, prefix, reply.text()));
  }

  /** Every other ERR will be said again, as of a command that is renamed or forbidden. */
  private static boolean isGone(RespValue error) {
    return error.text().equals("ERR no such key");
  }

  private byte[] key(Wire of) {
    return of == target ? targetKey : key;
  }

  /** A reply of each side. */
  record Both(RespValue source, RespValue target) {}
}
