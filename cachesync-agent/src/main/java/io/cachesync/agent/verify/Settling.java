package io.cachesync.agent.verify;

import io.cachesync.agent.entry.KeyTouches;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Keys that were unlike when they were looked at, as any may be that is being written. Such a key
 * differs where that is {@linkplain Proof proved} several times; it is let go where it is equal
 * once. For one thread.
 */
final class Settling {
  private static final int MOST = 10_000;
  private static final int BATCH = 64;
  private static final int PROOFS = 3;
  private static final long BETWEEN_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final KeyTouches touches;
  private final Worker worker;
  private final Pace pace;
  private final Differing differing;
  private final LinkedHashMap<TouchedKey, Trial> trials = new LinkedHashMap<>();
  private Proof proof;

  Settling(KeyTouches touches, Worker worker, Pace pace, Differing differing) {
    this.touches = touches;
    this.worker = worker;
    this.pace = pace;
    this.differing = differing;
  }

  int size() {
    return trials.size();
  }

  /** It was found equal. */
  void equal(TouchedKey key) {
    trials.remove(key);
    differing.equal(key);
  }

  /**
   * It was found unlike; of what is known to differ nothing more is to be found.
   *
   * @return false where there is no room
   */
  boolean add(TouchedKey key) {
    if (differing.contains(key) || trials.containsKey(key)) {
      return true;
    }
    if (trials.size() >= MOST) {
      return false;
    }
    trials.put(key, new Trial());
    return true;
  }

  /** Nothing that was proved of any of them counts any more. */
  void beginAgain() {
    proof = null;
    trials.values().forEach(Trial::beginAgain);
  }

  /** A step of a proof, or the beginning of the next one; whether there was something to do. */
  boolean step() throws IOException {
    if (proof == null) {
      List<TouchedKey> due = touches.isSteady() ? due() : List.of();
      if (due.isEmpty()) {
        return false;
      }
      pace.take(due.size());
      proof = Proof.begin(due, touches, worker);
      return true;
    }
    if (!proof.advance()) {
      return false;
    }
    Proof over = proof;
    proof = null;
    over.keys().forEach(key -> judge(key, over));
    return true;
  }

  private void judge(TouchedKey key, Proof over) {
    Trial trial = trials.get(key);
    if (trial == null) {
      return;
    }
    Findings found = over.found(key);
    if (found == null && over.isRead()) {
      equal(key);
    } else if (over.proves(key) && ++trial.proofs >= PROOFS) {
      trials.remove(key);
      differing.add(key, found, over.offset());
    } else {
      trial.retry(over.proves(key));
    }
  }

  private List<TouchedKey> due() {
    long now = System.nanoTime();
    int most = pace.most(BATCH);
    List<TouchedKey> due = new ArrayList<>();
    for (Map.Entry<TouchedKey, Trial> entry : trials.entrySet()) {
      boolean fits = due.isEmpty() || entry.getKey().database() == due.get(0).database();
      if (due.size() < most && fits && entry.getValue().dueNanos - now <= 0) {
        due.add(entry.getKey());
      }
    }
    return due;
  }

  /** How often it was proved, one after the other, and when it is tried next. */
  private static final class Trial {
    private int proofs;
    private long waitNanos = BETWEEN_NANOS;
    private long dueNanos = System.nanoTime() + BETWEEN_NANOS;

    private void beginAgain() {
      proofs = 0;
      waitNanos = BETWEEN_NANOS;
      dueNanos = System.nanoTime() + BETWEEN_NANOS;
    }

    /** One that is written all the time is tried ever more seldom. */
    private void retry(boolean proved) {
      proofs = proved ? proofs : 0;
      waitNanos = proved ? BETWEEN_NANOS : Math.min(LONGEST_NANOS, waitNanos * 2);
      dueNanos = System.nanoTime() + waitNanos;
    }
  }
}
