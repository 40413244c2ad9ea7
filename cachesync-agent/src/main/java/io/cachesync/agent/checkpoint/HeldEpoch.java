package io.cachesync.agent.checkpoint;

import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.util.List;

/**
 * The epoch that this process holds of a job, in the hash of one node: takes it by compare-and-set
 * and tells whether it is still held. For one thread; what is held may be read from any.
 */
final class HeldEpoch {
  private final OwnKeys keys;
  private final String node;
  private final String moved;
  private final String incarnation;

  /** What the hash says of what is moved since it was taken; where it was set back, no more. */
  private String words = "";

  private volatile Epoch epoch = new Epoch(-1, "");
  private int serial;
  private boolean mustStand;

  /**
   * @param node the key of the hash that decides
   * @param moved what the task moves, in words; empty leaves those that stand there
   */
  HeldEpoch(OwnKeys keys, String node, String moved, String incarnation) {
    this.keys = keys;
    this.node = node;
    this.moved = moved;
    this.incarnation = incarnation;
  }

  /** Number -1 before it was taken. */
  Epoch epoch() {
    return epoch;
  }

  /** The link was seen to have copied: where nothing of that stands any more nothing is taken. */
  void mustStand() {
    mustStand = true;
  }

  /** What is moved, in words, as this process has written it last. */
  String words() {
    return words;
  }

  void words(String newWords) {
    words = newWords;
  }

  /** The name of the next connection that writes under this epoch. */
  String nextName() {
    serial++;
    return keys.connectionName(epoch, serial, incarnation);
  }

  /**
   * Takes the next epoch.
   *
   * @param acceptChange whether what is moved may differ from the last start
   * @param owned whether the target is known to have been empty when it was claimed
   */
  void take(RedisConnection connection, boolean acceptChange, boolean owned) throws RedisException {
    String nonce = Epoch.newNonce();
    while (true) {
      connection.call("WATCH", node);
      NodeState found = read(connection);
      if (!acceptChange && !found.moved().equals(moved) && found.generation() > 0) {
        throw new RedisException(
            Fault.fatal(
                FaultCode.TASK_CHANGED,
                "the task '%s' was begun with %s and now has %s"
                    .formatted(keys.task(), found.moved(), moved)));
      }
      if (mustStand && found.generation() == 0) {
        throw new RedisException(
            Fault.fatal(
                FaultCode.CHECKPOINT_GONE,
                "the checkpoint of %s was removed from %s a moment ago".formatted(moved, node)));
      }
      Epoch next = new Epoch(found.epoch().number() + 1, nonce);
      NodeState taken =
          new NodeState(
              next,
              moved.isEmpty() ? found.moved() : moved,
              found.owned() || owned,
              found.generation(),
              found.done(),
              found.hole(),
              found.copied());
      if (Transactions.execute(connection, List.<String[]>of(taken.command(node)))) {
        epoch = next;
        words = taken.moved();
        return;
      }
    }
  }

  /**
   * Writes it again where the target was set back to before it.
   *
   * @return whether it was
   */
  boolean takeAgain(RedisConnection connection) throws RedisException {
    while (true) {
      connection.call("WATCH", node);
      NodeState found = read(connection);
      if (!isOlder(found.epoch())) {
        connection.call("UNWATCH");
        return false;
      }
      if (Transactions.execute(connection, List.<String[]>of(found.with(epoch).command(node)))) {
        return true;
      }
    }
  }

  /**
   * Makes sure that it is still held.
   *
   * @throws RedisException FENCED where another writer has taken over
   */
  void verify(RedisConnection connection) throws RedisException {
    Epoch found = read(connection).epoch();
    if (found.equals(epoch)) {
      return;
    }
    if (found.number() == 0) {
      throw mismatch(connection, "the key " + node + " is gone");
    }
    if (isOlder(found)) {
      throw new RedisException(
          Fault.retryable(
              FaultCode.CONNECTION_LOST, connection + " was set back to before our epoch"));
    }
    throw new RedisException(
        Fault.fatal(
            FaultCode.FENCED,
            "another writer of the task '%s' has taken over at %s (epoch %d, ours was %d)"
                .formatted(keys.task(), connection, found.number(), epoch.number())));
  }

  /** What the hash says now. */
  NodeState read(RedisConnection connection) throws RedisException {
    try {
      return NodeState.of(connection.call("HGETALL", node));
    } catch (IllegalArgumentException e) {
      throw mismatch(connection, "the key " + node + " is unreadable: " + e.getMessage());
    }
  }

  static RedisException mismatch(RedisConnection connection, String what) {
    return new RedisException(
        Fault.fatal(FaultCode.CHECKPOINT_MISMATCH, "at " + connection + " " + what));
  }

  private boolean isOlder(Epoch found) {
    return found.number() > 0 && found.number() < epoch.number();
  }
}
