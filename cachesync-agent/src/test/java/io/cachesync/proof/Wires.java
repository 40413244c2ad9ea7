package io.cachesync.proof;

import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;

/** What stands between an engine and the two servers. */
record Wires(FaultProxy source, FaultProxy target) implements AutoCloseable {
  static Wires between(RedisServer source, RedisServer target) {
    return new Wires(new FaultProxy(source.port()), new FaultProxy(target.port()));
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
