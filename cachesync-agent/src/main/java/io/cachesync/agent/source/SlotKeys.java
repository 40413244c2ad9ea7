package io.cachesync.agent.source;

import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Tells which keys a hash slot holds at an offset of its master's stream, on a connection of its
 * own:
 *
 * <pre>MULTI · CLUSTER GETKEYSINSLOT slot n · INFO replication · EXEC</pre>
 *
 * For one thread.
 */
public final class SlotKeys implements Closeable {
  /** Beyond what was counted, for what is written meanwhile. */
  private static final int SPARE = 100;

  private static final int SLOTS_AT_ONCE = 256;

  private final RedisConnection connection;
  private final boolean hasReplId;

  private SlotKeys(RedisConnection connection, boolean hasReplId) {
    this.connection = connection;
    this.hasReplId = hasReplId;
  }

  public static SlotKeys of(RedisClient client) throws RedisException {
    RedisConnection connection = client.connect();
    try {
      return new SlotKeys(connection, connection.info().version().atLeast(4, 0));
    } catch (RedisException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * What was found.
   *
   * @param offset commands up to here are contained, later ones are not
   */
  public record Found(String replId, long offset, List<byte[]> keys) {}

  public Found read(int slot) throws RedisException {
    String number = Integer.toString(slot);
    while (true) {
      int counted = Integer.parseInt(connection.call("CLUSTER", "COUNTKEYSINSLOT", number).text());
      Found found = read(number, counted + SPARE);
      if (found.keys().size() < counted + SPARE) {
        return found;
      }
    }
  }

  /**
   * What several slots hold together at one offset; those that the server does not have hold
   * nothing there.
   */
  public Found read(BitSet slots) throws RedisException {
    int[] numbers = slots.stream().toArray();
    while (true) {
      long[] most = counts(connection, numbers);
      for (int i = 0; i < most.length; i++) {
        most[i] += SPARE;
      }
      Found found = read(numbers, most);
      if (found != null) {
        return found;
      }
    }
  }

  /** What of these slots is asked for at once. */
  public static List<BitSet> parts(BitSet slots) {
    List<BitSet> parts = new ArrayList<>();
    for (int slot = slots.nextSetBit(0); slot >= 0; slot = slots.nextSetBit(slot + 1)) {
      if (parts.isEmpty() || parts.get(parts.size() - 1).cardinality() == SLOTS_AT_ONCE) {
        parts.add(new BitSet());
      }
      parts.get(parts.size() - 1).set(slot);
    }
    return parts;
  }

  /**
   * How many keys the slots have together.
   *
   * @param most where they have more it is not counted how many
   */
  public long count(BitSet slots, long most) throws RedisException {
    return count(connection, slots, most);
  }

  /** As above, asked on another connection. */
  public static long count(RedisConnection connection, BitSet slots, long most)
      throws RedisException {
    long keys = 0;
    for (BitSet some : parts(slots)) {
      if (keys > most) {
        return keys;
      }
      for (long each : counts(connection, some.stream().toArray())) {
        keys += each;
      }
    }
    return keys;
  }

  private static long[] counts(RedisConnection connection, int[] slots) throws RedisException {
    for (int slot : slots) {
      connection.out().command("CLUSTER", "COUNTKEYSINSLOT", Integer.toString(slot));
    }
    connection.flush();
    long[] counts = new long[slots.length];
    for (int i = 0; i < slots.length; i++) {
      counts[i] = Long.parseLong(connection.successOf(connection.read()).text());
    }
    return counts;
  }

  /**
   * Returns null where one of the slots has as many keys as were asked for, so that it may have
   * more.
   */
  private Found read(int[] slots, long[] most) throws RedisException {
    connection.out().command("MULTI");
    for (int i = 0; i < slots.length; i++) {
      connection
          .out()
          .command("CLUSTER", "GETKEYSINSLOT", Integer.toString(slots[i]), Long.toString(most[i]));
    }
    if (hasReplId) {
      connection.out().command("INFO", "replication");
    } else {
      connection.out().command("INFO");
    }
    connection.out().command("EXEC");
    connection.flush();
    for (int i = 0; i < slots.length + 2; i++) {
      connection.successOf(connection.read());
    }
    RespValue replies = connection.successOf(connection.read());
    if (replies.isNull() || replies.elements().size() != slots.length + 1) {
      throw new RedisException(
          Fault.retryable(FaultCode.PROTOCOL_ERROR, connection + " did not tell of its slots"));
    }
    List<byte[]> keys = new ArrayList<>();
    for (int i = 0; i < slots.length; i++) {
      List<RespValue> ofSlot = connection.successOf(replies.elements().get(i)).elements();
      if (ofSlot.size() >= most[i]) {
        return null;
      }
      ofSlot.forEach(key -> keys.add(key.bytes()));
    }
    ServerInfo info =
        ServerInfo.parse(connection.successOf(replies.elements().get(slots.length)).text());
    return new Found(info.replId(), info.replOffset(), keys);
  }

  private Found read(String slot, int most) throws RedisException {
    connection.call("MULTI");
    connection.call("CLUSTER", "GETKEYSINSLOT", slot, Integer.toString(most));
    // Below 4.0 the history has the name of the server, which stands in another section.
    if (hasReplId) {
      connection.call("INFO", "replication");
    } else {
      connection.call("INFO");
    }
    RespValue replies = connection.call("EXEC");
    if (replies.isNull() || replies.elements().size() != 2) {
      throw new RedisException(
          Fault.retryable(FaultCode.PROTOCOL_ERROR, connection + " did not tell of slot " + slot));
    }
    RespValue keys = connection.successOf(replies.elements().get(0));
    ServerInfo info = ServerInfo.parse(connection.successOf(replies.elements().get(1)).text());
    return new Found(
        info.replId(), info.replOffset(), keys.elements().stream().map(RespValue::bytes).toList());
  }

  @Override
  public void close() {
    connection.close();
  }
}
