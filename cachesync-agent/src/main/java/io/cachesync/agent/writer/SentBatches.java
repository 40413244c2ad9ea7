package io.cachesync.agent.writer;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The batches of a lane: the one that is being filled, those that were sent and not yet answered,
 * and those that are not in use. Tells of what was under way when a lane's connection broke. For
 * one thread.
 */
final class SentBatches {
  private final Lane lane;
  private final BatchSize size;
  private final TargetBounds bounds;
  private final int home;
  private Batch filling;

  /** What was sent and not yet answered, the transaction last; the batches that are not in use. */
  private final Deque<Batch> sent = new ArrayDeque<>();

  private final Deque<Batch> spare = new ArrayDeque<>();
  private long sentNanos;

  /**
   * @param home database that our own keys lie in
   */
  SentBatches(Lane lane, BatchSize size, TargetBounds bounds, int home) {
    this.lane = lane;
    this.size = size;
    this.bounds = bounds;
    this.home = home;
    filling = new Batch(home);
  }

  /** What is sent next; another one after that. */
  Batch filling() {
    return filling;
  }

  /** Sends a transaction with its checkpoint; {@link #await} must follow before the next. */
  void send(Checkpoint next) throws IOException {
    sentNanos = System.nanoTime();
    filling.seal();
    try {
      lane.send(filling, next);
    } catch (RedisException e) {
      throw withLargest(e);
    }
    exchange();
  }

  /** Sends without a transaction; {@link #awaitPlain} must follow for each. */
  void sendPlain() throws IOException {
    filling.seal();
    try {
      lane.sendPlain(filling);
    } catch (RedisException e) {
      throw withLargest(e);
    }
    exchange();
  }

  /** Waits for the oldest that was sent plain, and returns what it left in doubt. */
  List<Doubt> awaitPlain() throws IOException {
    List<Doubt> doubts = lane.awaitPlain();
    spare.add(sent.remove());
    return doubts;
  }

  /** Waits for the transaction under way, and returns what it left in doubt. */
  List<Doubt> await() throws IOException {
    try {
      List<Doubt> doubts = lane.await();
      size.acknowledged(sent.getLast(), System.nanoTime() - sentNanos);
      spare.addAll(sent);
      sent.clear();
      return doubts;
    } catch (RedisException e) {
      throw withLargest(e);
    }
  }

  /** Which command a target took for too long it does not say, nor that it was too much at once. */
  private RedisException withLargest(RedisException e) {
    if (e.fault().code() == FaultCode.CONNECTION_LOST) {
      long most = filling.bytes();
      for (Batch each : sent) {
        most = Math.max(most, each.bytes());
      }
      return new RedisException(bounds.lost(e.fault(), most), e);
    }
    if (e.fault().code() != FaultCode.VALUE_TOO_LARGE) {
      return e;
    }
    Batch of = filling;
    for (Batch each : sent) {
      of = bytesOfLargest(each) > bytesOfLargest(of) ? each : of;
    }
    if (of.largest() < 0) {
      return e;
    }
    return new RedisException(
        Fault.fatal(
            FaultCode.VALUE_TOO_LARGE,
            "%s; the longest command under way was %s, of %d bytes"
                .formatted(e.fault().message(), of.describe(of.largest()), bytesOfLargest(of))),
        e);
  }

  private static int bytesOfLargest(Batch of) {
    int largest = of.largest();
    return largest < 0 ? 0 : of.end(largest) - of.start(largest);
  }

  private void exchange() {
    sent.add(filling);
    filling = spare.isEmpty() ? new Batch(home) : spare.remove();
    filling.clear();
  }
}
