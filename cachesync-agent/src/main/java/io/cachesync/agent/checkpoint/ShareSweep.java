package io.cachesync.agent.checkpoint;

import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.agent.resp.RespValue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Removes from a target what one of several links may have written: the keys of its slots. What the
 * others write meanwhile, and our own keys, stay.
 */
final class ShareSweep {
  private static final String KEYS_AT_ONCE = "1000";

  private final SlotRanges share;
  private final UnaryOperator<byte[]> sourceNames;
  private final byte[] ownPrefix;

  /**
   * @param sourceNames the name at the source of a key of the target, which tells whose it is
   */
  ShareSweep(SlotRanges share, UnaryOperator<byte[]> sourceNames, String ownPrefix) {
    this.share = share;
    this.sourceNames = sourceNames;
    this.ownPrefix = ownPrefix.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Removes them from the database that is selected; a key that was there all the while is never
   * passed over by SCAN.
   *
   * @param lazily whether the server knows UNLINK
   */
  void run(RedisConnection connection, boolean lazily) throws RedisException {
    String cursor = "0";
    do {
      List<RespValue> page = connection.call("SCAN", cursor, "COUNT", KEYS_AT_ONCE).elements();
      cursor = page.get(0).text();
      remove(page.get(1).elements(), connection, lazily);
    } while (!cursor.equals("0"));
  }

  private void remove(List<RespValue> keys, RedisConnection connection, boolean lazily)
      throws RedisException {
    int sent = 0;
    for (RespValue key : keys) {
      if (isOfTheShare(key.bytes())) {
        connection.out().begin(2).arg(lazily ? "UNLINK" : "DEL").arg(key.bytes());
        sent++;
      }
    }
    connection.flush();
    for (int i = 0; i < sent; i++) {
      connection.successOf(connection.read());
    }
  }

  boolean isOfTheShare(byte[] key) {
    return !isOwn(key) && share.contains(HashSlot.of(sourceNames.apply(key)));
  }

  private boolean isOwn(byte[] key) {
    if (key.length < ownPrefix.length) {
      return false;
    }
    for (int i = 0; i < ownPrefix.length; i++) {
      if (key[i] != ownPrefix[i]) {
        return false;
      }
    }
    return true;
  }
}
