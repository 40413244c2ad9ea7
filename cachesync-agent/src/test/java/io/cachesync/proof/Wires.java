package io.cachesync.proof;

import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;

/**
 * What stands between an engine and the two servers.
 *
 * @param graceMillis what the job is told of times to live
 */
record Wires(FaultProxy source, FaultProxy target, long graceMillis) implements AutoCloseable {
  static Wires between(RedisServer source, RedisServer target, long graceMillis) {
    return new Wires(new FaultProxy(source.port()), new FaultProxy(target.port()), graceMillis);
  }

  void cutAndRefuse() {
    source.accept(false);
    target.accept(false);
  }

  void freeze() {
    source.freeze();
    target.freeze();
  }

  void thaw() {
    source.thaw();
    target.thaw();
  }

  /** As if nothing had ever been wrong. */
  void restore() {
    for (FaultProxy proxy : new FaultProxy[] {source, target}) {
      proxy.cutAfter(Long.MAX_VALUE);
      proxy.slow(0);
      proxy.resume();
      proxy.thaw();
      proxy.accept(true);
    }
  }

  @Override
  public void close() {
    source.close();
    target.close();
  }
}
