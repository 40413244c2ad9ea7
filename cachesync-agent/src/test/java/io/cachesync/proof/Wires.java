package io.cachesync.proof;

import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands between an engine and the servers.
 *
 * @param sources one for each node of the source
 * @param targets one for each node of the target
 * @param graceMillis what the job is told of times to live
 */
record Wires(List<FaultProxy> sources, List<FaultProxy> targets, long graceMillis)
    implements AutoCloseable {
  static Wires between(List<RedisServer> sources, List<RedisServer> targets, long graceMillis) {
    return new Wires(to(sources), to(targets), graceMillis);
  }

  private static List<FaultProxy> to(List<RedisServer> nodes) {
    return nodes.stream().map(node -> new FaultProxy(node.port())).toList();
  }

  List<String> sourceAddresses() {
    return sources.stream().map(wire -> "127.0.0.1:" + wire.port()).toList();
  }

  /** The sources give no answer any more. */
  void stallSources() {
    sources.forEach(FaultProxy::stall);
  }

  void resumeSources() {
    sources.forEach(FaultProxy::resume);
  }

  List<String> targetAddresses() {
    return targets.stream().map(wire -> "127.0.0.1:" + wire.port()).toList();
  }

  void cutAndRefuse() {
    all().forEach(wire -> wire.accept(false));
  }

  void freeze() {
    all().forEach(FaultProxy::freeze);
  }

  void thaw() {
    all().forEach(FaultProxy::thaw);
  }

  /** As if nothing had ever been wrong. */
  void restore() {
    for (FaultProxy proxy : all()) {
      proxy.cutAfter(Long.MAX_VALUE);
      proxy.slow(0);
      proxy.resume();
      proxy.thaw();
      proxy.accept(true);
    }
  }

  private List<FaultProxy> all() {
    List<FaultProxy> all = new ArrayList<>(targets);
    all.addAll(sources);
    return all;
  }

  @Override
  public void close() {
    all().forEach(FaultProxy::close);
  }
}
