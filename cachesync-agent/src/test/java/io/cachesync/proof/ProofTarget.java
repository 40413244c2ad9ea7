package io.cachesync.proof;

import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.testkit.RedisServer;
import java.util.List;

/** Where the engines of a seed write to, flushed between seeds and not started again. */
interface ProofTarget extends AutoCloseable {
  /** Every server, also those that hold no keys of their own. */
  List<RedisServer> nodes();

  /** Those that hold the keys now. */
  List<RedisServer> masters();

  /** As if it had just been started. */
  void reset();

  /** What tells it apart from the source, but for our own keys. */
  List<String> differences(RedisServer source);

  /** What can be moved to it. */
  FilterSpec filter();

  /** How it is reached by these wires. */
  RedisEndpoint endpoint(Wires wires);

  @Override
  void close();
}
