package io.cachesync.agent.writer;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.entry.KeyValue;
import io.cachesync.agent.rdb.DumpReader;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.UnsupportedPolicy;
import java.io.IOException;

/** The commands that put a value, as DUMP told it, at a target without a stream. */
public final class ValueWrite {
  private final RestoreWrite restore;
  private final Conversion conversion;
  private final DumpReader dumps;
  private final KeyValue value = new KeyValue();

  /**
   * @param laterMillis added to every time of expiry: by how much the target's clock is ahead
   * @param modules which values of modules the target is sent
   */
  public ValueWrite(ServerInfo target, long laterMillis, ModuleValues modules) {
    TargetFeatures features = TargetFeatures.of(target, laterMillis, modules);
    this.restore = new RestoreWrite(features);
    this.conversion = new Conversion(features, modules, UnsupportedPolicy.STOP);
    this.dumps = new DumpReader(laterMillis);
  }

  /**
   * Writes one value in the place of what is there.
   *
   * @param key under its name at the target
   * @param expireAtMillis Unix time of the clock that set it, or -1
   * @return number of commands
   * @throws FaultException VERSION_TOO_OLD where the target has no place for all of it; then
   *     nothing is written
   */
  public int put(DatabaseKey key, byte[] dump, long expireAtMillis, RespWriter out)
      throws IOException {
    long expires = expireAtMillis < 0 ? KeyValue.NO_EXPIRY : expireAtMillis;
    dumps.read(dump, key.database(), expires, value);
    value.key(key.key(), 0, key.key().length);
    conversion.of(value);
    return restore.key(value, out);
  }
}
