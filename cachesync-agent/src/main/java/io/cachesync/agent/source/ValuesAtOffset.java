package io.cachesync.agent.source;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.redis.ServerVersion;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads values of the source together with the offset that they are of, on a connection of its own:
 *
 * <pre>MULTI · SELECT d · PTTL k · DUMP k · … · TIME · INFO replication · EXEC</pre>
 *
 * INFO comes last: up to 6.2 the DELs that the reading itself causes lie before the offset that it
 * tells. Commands that end at or below that offset are contained in the values, later ones are not.
 * For one thread, but {@link #close} may come from any.
 */
public final class ValuesAtOffset implements Closeable {
  /** Larger values are not read: DUMP holds up the source, and its answer lies in our memory. */
  public static final long MAX_VALUE_BYTES = 64L << 20;

  private static final long MAX_BYTES_AT_ONCE = 32L << 20;
  private static final long BYTES_PER_ELEMENT = 64;
  private static final long ABSENT = -2;

  private final RedisClient client;
  private final long maxValueBytes;
  private final long maxBytesAtOnce;
  private volatile RedisConnection connection;
  private volatile boolean closed;
  private ServerVersion version;
  private boolean replica;
  private boolean cluster;

  /** What tells of a key whether it is there, also as expired; for a replica. */
  private String[] presence = {};

  public ValuesAtOffset(RedisClient client) {
    this(client, MAX_VALUE_BYTES, MAX_BYTES_AT_ONCE);
  }

  ValuesAtOffset(RedisClient client, long maxValueBytes, long maxBytesAtOnce) {
    this.client = client;
    this.maxValueBytes = maxValueBytes;
    this.maxBytesAtOnce = maxBytesAtOnce;
  }

  /** What became of the reading of one key. */
  public enum State {
    PRESENT,
    ABSENT,
    /** A replica hides it as expired, while its master may still renew it: ask again. */
    UNDECIDED,
    TOO_LARGE
  }

  /**
   * One key.
   *
   * @param expireAtMillis Unix time of the source's clock, or -1
   * @param dump what DUMP answered, empty where the key is not PRESENT
   * @param offset that it is of
   */
  public record Value(DatabaseKey key, State state, long expireAtMillis, byte[] dump, long offset) {
    static Value without(DatabaseKey key, State state) {
      return new Value(key, state, -1, new byte[0], -1);
    }

    Value at(long newOffset) {
      return new Value(key, state, expireAtMillis, dump, newOffset);
    }
  }

  /**
   * Values of the first of the keys, in some order.
   *
   * @param offset the lowest that one of them is of, in the history of the replId
   */
  public record Values(String replId, long offset, List<Value> values) {}

  /**
   * Reads these keys at one moment; a hundred or so at a time. Where their values are large, as
   * many of them, from the first on, as fit in memory; of a node of a cluster, as many as are of
   * one hash slot.
   *
   * @throws RedisException NO_PERMISSION where the user may not
   */
  public Values read(List<DatabaseKey> keys) throws RedisException {
    boolean done = false;
    try {
      RedisConnection current = connected();
      Values values = values(current, keys);
      done = true;
      return values;
    } catch (IOException e) {
      throw e instanceof RedisException known ? known : unexpected(e.getMessage());
    } finally {
      if (!done) {
        disconnect();
      }
    }
  }

  private Values values(RedisConnection current, List<DatabaseKey> keys) throws IOException {
    try {
      return readAtOnce(current, atOnce(sizes(current, keys)));
    } catch (RedisException e) {
      if (e.fault().code() == FaultCode.TARGET_REFUSED) {
        // A command that was renamed or taken away is a right that is missing.
        throw new RedisException(Fault.fatal(FaultCode.NO_PERMISSION, e.fault().message()), e);
      }
      throw e;
    }
  }

  /** From the first key on, at least one: all answers lie in our memory together. */
  private List<Value> atOnce(List<Sized> sized) {
    List<Value> some = new ArrayList<>();
    long bytes = 0;
    for (Sized each : sized) {
      long weight = each.value().state() == State.PRESENT ? each.bytes() : 0;
      if (!some.isEmpty() && bytes + weight > maxBytesAtOnce) {
        break;
      }
      bytes += weight;
      some.add(each.value());
    }
    return some;
  }

  @Override
  public void close() {
    closed = true;
    disconnect();
  }

  private RedisConnection connected() throws RedisException {
    RedisConnection current = connection;
    if (current == null) {
      current = client.connect();
      connection = current;
      if (closed) {
        current.close();
      }
      ServerInfo info = current.info();
      version = info.version();
      replica = !info.isMaster();
      cluster = info.mode().equals("cluster");
      presence = replica ? presence(current) : new String[0];
    }
    return current;
  }

  /**
   * MEMORY USAGE finds a key that has expired and is not deleted yet; so does, below 4.0 only,
   * OBJECT (object.c, objectCommandLookup), and where that was renamed or taken away EXISTS, which
   * looks at no times there (db.c, existsCommand).
   */
  private String[] presence(RedisConnection current) throws RedisException {
    if (version.atLeast(4, 0)) {
      return new String[] {"MEMORY", "USAGE"};
    }
    RespValue object = current.tryCall("OBJECT", "ENCODING", "");
    return object.isError() ? new String[] {"EXISTS"} : new String[] {"OBJECT", "ENCODING"};
  }

  private void disconnect() {
    RedisConnection current = connection;
    connection = null;
    if (current != null) {
      current.close();
    }
  }

  /**
   * Every key, those marked that are too large; a size that cannot be asked for counts as small.
   */
  private List<Sized> sizes(RedisConnection current, List<DatabaseKey> keys) throws IOException {
    List<Sized> sized = new ArrayList<>();
    RespWriter out = current.out();
    if (version.atLeast(4, 0)) {
      for (DatabaseKey key : keys) {
        out.begin(2).arg("SELECT").arg(key.database());
        out.begin(3).arg("MEMORY").arg("USAGE").arg(key.key());
      }
      current.flush();
      for (DatabaseKey key : keys) {
        current.successOf(current.read());
        RespValue bytes = current.read();
        sized.add(judged(key, bytes.isNull() || bytes.isError() ? 0 : bytes.integer()));
      }
      return sized;
    }
    for (DatabaseKey key : keys) {
      current.call("SELECT", Integer.toString(key.database()));
      sized.add(judged(key, estimate(current, key)));
    }
    return sized;
  }

  private Sized judged(DatabaseKey key, long bytes) {
    State state = bytes > maxValueBytes ? State.TOO_LARGE : State.PRESENT;
    return new Sized(Value.without(key, state), bytes);
  }

  private record Sized(Value value, long bytes) {}

  /** Before 4.0 there is no MEMORY USAGE. */
  private static long estimate(RedisConnection current, DatabaseKey key) throws IOException {
    String type = current.call(ascii("TYPE"), key.key()).text();
    String count =
        switch (type) {
          case "string" -> "STRLEN";
          case "list" -> "LLEN";
          case "set" -> "SCARD";
          case "zset" -> "ZCARD";
          case "hash" -> "HLEN";
          default -> "";
        };
    if (count.isEmpty()) {
      return 0;
    }
    RespWriter out = current.out();
    out.begin(2).arg(count).arg(key.key());
    current.flush();
    RespValue length = current.read();
    // It may have become another type meanwhile.
    long elements = length.isError() ? 0 : length.integer();
    return type.equals("string") ? elements : elements * BYTES_PER_ELEMENT;
  }

  /** A transaction for all, or for those of each hash slot, one behind the other. */
  private Values readAtOnce(RedisConnection current, List<Value> sized) throws IOException {
    List<List<Value>> groups = cluster ? bySlot(sized) : List.of(sized);
    for (List<Value> group : groups) {
      ask(current.out(), group);
    }
    current.flush();
    String replId = null;
    long lowest = Long.MAX_VALUE;
    List<Value> values = new ArrayList<>();
    for (List<Value> group : groups) {
      Values read = answers(current, group);
      if (replId != null && !replId.equals(read.replId())) {
        throw unexpected(current + " took up another history while it was asked");
      }
      replId = read.replId();
      lowest = Math.min(lowest, read.offset());
      values.addAll(read.values());
    }
    return new Values(replId, lowest, values);
  }

  /** A cluster has no transaction over several slots. */
  private static List<List<Value>> bySlot(List<Value> values) {
    Map<Integer, List<Value>> groups = new LinkedHashMap<>();
    for (Value value : values) {
      groups.computeIfAbsent(HashSlot.of(value.key().key()), slot -> new ArrayList<>()).add(value);
    }
    return List.copyOf(groups.values());
  }

  private void ask(RespWriter out, List<Value> sized) {
    out.command("MULTI");
    for (Value value : sized) {
      if (value.state() == State.PRESENT) {
        byte[] key = value.key().key();
        out.begin(2).arg("SELECT").arg(value.key().database());
        out.begin(2).arg(tellsAbsoluteTimes() ? "PEXPIRETIME" : "PTTL").arg(key);
        out.begin(2).arg("DUMP").arg(key);
        if (replica) {
          out.begin(presence.length + 1);
          for (String word : presence) {
            out.arg(word);
          }
          out.arg(key);
        }
      }
    }
    out.command("TIME");
    // Below 4.0 the history has the name of the server, which stands in another section.
    if (version.atLeast(4, 0)) {
      out.command("INFO", "replication");
    } else {
      out.command("INFO");
    }
    out.command("EXEC");
  }

  private Values answers(RedisConnection current, List<Value> sized) throws IOException {
    long present = sized.stream().filter(value -> value.state() == State.PRESENT).count();
    int commands = (int) present * (replica ? 4 : 3) + 2;
    RespValue replies = execute(current, commands);
    ServerInfo info =
        ServerInfo.parse(current.successOf(replies.elements().get(commands - 1)).text());
    if (!replica && !info.isMaster()) {
      // It may hide keys by now, and was not asked for them.
      throw unexpected(current + " has become a replica while it was asked");
    }
    long now = millis(current.successOf(replies.elements().get(commands - 2)));
    Iterator<RespValue> each = replies.elements().iterator();
    List<Value> values = new ArrayList<>();
    for (Value value : sized) {
      Value read =
          value.state() == State.PRESENT
              ? value(current, value.key(), each, tellsAbsoluteTimes() ? 0 : now, replica)
              : value;
      values.add(read.at(info.replOffset()));
    }
    return new Values(info.replId(), info.replOffset(), values);
  }

  private boolean tellsAbsoluteTimes() {
    return version.atLeast(7, 0);
  }

  /** MULTI's reply, every QUEUED, EXEC's array; the first error is thrown. */
  private static RespValue execute(RedisConnection current, int commands) throws IOException {
    RespValue refused = null;
    for (int i = 0; i <= commands; i++) {
      RespValue reply = current.read();
      if (reply.isError() && refused == null) {
        refused = reply;
      }
    }
    RespValue replies = current.read();
    if (refused != null) {
      current.successOf(refused);
    }
    current.successOf(replies);
    if (replies.elements().size() != commands) {
      throw unexpected(current + " executed " + replies.elements().size() + " of " + commands);
    }
    return replies;
  }

  /**
   * @param now the source's clock where the time of expiry is relative to it, otherwise 0
   * @param asksHidden whether a reply behind tells if the key is there, also as expired
   */
  private static Value value(
      RedisConnection current,
      DatabaseKey key,
      Iterator<RespValue> replies,
      long now,
      boolean asksHidden)
      throws IOException {
    current.successOf(replies.next());
    long time = current.successOf(replies.next()).integer();
    RespValue dump = current.successOf(replies.next());
    boolean hidden = asksHidden && isThere(current.successOf(replies.next()));
    // The two may straddle an expiry: any "absent" means absent.
    if (time == ABSENT || dump.isNull()) {
      return Value.without(key, hidden ? State.UNDECIDED : State.ABSENT);
    }
    return new Value(key, State.PRESENT, time < 0 ? -1 : now + time, dump.bytes(), -1);
  }

  private static boolean isThere(RespValue presence) throws IOException {
    return presence.type() == ':' ? presence.integer() > 0 : !presence.isNull();
  }

  private static long millis(RespValue time) throws IOException {
    return time.elements().get(0).integer() * 1000 + time.elements().get(1).integer() / 1000;
  }

  private static RedisException unexpected(String what) {
    return new RedisException(Fault.retryable(FaultCode.PROTOCOL_ERROR, what));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
