package io.cachesync.proof;

import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.testkit.DatasetComparer.Naming;
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
  List<String> differences(ProofSource source);

  /** What is moved to it. */
  FilterSpec filter();

  /** Decides for a seed what is moved to it, before anything is asked of that. */
  default void choose(long seed) {}

  /** The target itself, whatever is moved to it. */
  default ProofTarget whole() {
    return this;
  }

  /** Where each key of the source should be. */
  default Naming naming() {
    return (key, type) -> key;
  }

  /** Who has this key. */
  RedisServer owner(String key);

  /** How it is reached by these wires. */
  RedisEndpoint endpoint(Wires wires);

  @Override
  void close();
}
