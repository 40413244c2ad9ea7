package io.cachesync.agent.verify;

import io.cachesync.agent.entry.KeyTouches;
import io.cachesync.agent.redis.ServerInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Shows of keys that they differ and are not just being written:
 *
 * <pre>
 * 1. the source stands at offset X
 * 2. the target has everything up to X
 * 3. both sides are read
 * 4. the source stands at offset Y
 * 5. the target has everything up to Y, so every touch up to Y is known
 * </pre>
 *
 * Where no command between X and Y touched a key, both sides were read as they are at X, and what
 * is unlike is a difference. All of it in one session of the stream and one history of the source.
 */
final class Proof {
  private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final List<TouchedKey> keys;
  private final KeyTouches touches;
  private final Worker worker;
  private final int session;
  private final String replId;
  private final long before;
  private final long begunNanos = System.nanoTime();
  private final Map<TouchedKey, Findings> found = new HashMap<>();

  /** Of those, what is about to expire: unlike, and not yet a difference. */
  private final Set<TouchedKey> passing = new HashSet<>();

  private long after = -1;
  private boolean holds;

  private Proof(List<TouchedKey> keys, KeyTouches touches, Worker worker, ServerInfo info) {
    this.keys = keys;
    this.touches = touches;
    this.worker = worker;
    this.replId = info.text("master_replid");
    this.before = info.replOffset();
    this.session = touches.session();
    this.holds = isOfTheStream();
  }

  /**
   * @param keys of one database; of a cluster those at the node of the first are proved
   */
  static Proof begin(List<TouchedKey> keys, KeyTouches touches, Worker worker) throws IOException {
    byte[] first = keys.get(0).bytes();
    List<TouchedKey> together = new ArrayList<>();
    for (TouchedKey key : keys) {
      if (worker.isSameSource(first, key.bytes())) {
        together.add(key);
      }
    }
    return new Proof(together, touches, worker, worker.replication(first));
  }

  List<TouchedKey> keys() {
    return keys;
  }

  /** The source's offset that both sides were read at. */
  long offset() {
    return before;
  }

  /** Whether both sides were read. */
  boolean isRead() {
    return after >= 0;
  }

  /** What was unlike of a key, or null. */
  Findings found(TouchedKey key) {
    return found.get(key);
  }

  /** Goes on as far as it can; whether it is over. */
  boolean advance() throws IOException {
    holds &= touches.session() == session && touches.isSteady();
    if (!holds || System.nanoTime() - begunNanos > MOST_NANOS) {
      holds = false;
      return true;
    }
    if (after < 0) {
      if (touches.applied() < before) {
        return false;
      }
      read();
    }
    return !holds || touches.applied() >= after;
  }

  /** Whether a key is unlike, and was not written meanwhile; once it is over. */
  boolean proves(TouchedKey key) {
    return found.containsKey(key)
        && !passing.contains(key)
        && holds
        && touches.lastTouch(key.bytes()) <= before
        && touches.session() == session;
  }

  private void read() throws IOException {
    Map<Integer, Findings> unlike = worker.compare(TouchedKey.batch(keys));
    ServerInfo info = worker.replication(keys.get(0).bytes());
    after = info.replOffset();
    holds &= after >= before && info.text("master_replid").equals(replId);
    unlike.forEach(
        (i, findings) -> {
          Findings lasting = findings.lasting();
          found.put(keys.get(i), lasting.isEmpty() ? findings : lasting);
          if (lasting.isEmpty()) {
            passing.add(keys.get(i));
          }
        });
  }

  private boolean isOfTheStream() {
    return before >= 0 && (replId.isEmpty() || replId.equals(touches.replId()));
  }
}
