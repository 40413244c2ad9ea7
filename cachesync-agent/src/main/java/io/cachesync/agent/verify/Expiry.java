package io.cachesync.agent.verify;

import io.cachesync.agent.resp.RespValue;
import java.io.IOException;

/**
 * When a key goes, on the clock of its own server: that is what replication carries, so clocks that
 * differ do not make keys differ.
 *
 * @param atMillis Unix time, {@link #NEVER} or {@link #ABSENT}
 * @param uncertainMillis by how much that may be wrong
 * @param leftMillis from now on, where there is a time
 */
record Expiry(long atMillis, long uncertainMillis, long leftMillis) {
  static final long NEVER = -1;
  static final long ABSENT = -2;

  /** The command that tells it. */
  static String command(Features features) {
    return features.expireTime() ? "PEXPIRETIME" : "PTTL";
  }

  /**
   * @param reply of {@link #command}
   * @param sentMillis our clock when it was sent
   */
  static Expiry of(RespValue reply, Node node, Features features, long sentMillis)
      throws IOException {
    return of(reply.integer(), node, features, sentMillis);
  }

  static Expiry of(long reply, Node node, Features features, long sentMillis) {
    if (reply < 0) {
      return new Expiry(reply, 0, 0);
    }
    long now = node.nowMillis();
    if (features.expireTime()) {
      return new Expiry(reply, 0, reply - now);
    }
    long waited = System.currentTimeMillis() - sentMillis;
    return new Expiry(now + reply, node.uncertainMillis() + waited, reply);
  }

  boolean isAbsent() {
    return atMillis == ABSENT;
  }

  boolean isSet() {
    return atMillis >= 0;
  }

  /**
   * Whether the target's lies where a sync may have put it.
   *
   * @param aheadMillis by how much the target's clock is ahead: a sync adds that to each time
   */
  boolean isLike(Expiry target, long toleranceMillis, long aheadMillis) {
    if (!isSet() || !target.isSet()) {
      return isSet() == target.isSet();
    }
    long uncertain = uncertainMillis + target.uncertainMillis;
    return isLike(atMillis, target.atMillis, toleranceMillis + uncertain, aheadMillis);
  }

  /** The same of two times that are set. */
  static boolean isLike(long source, long target, long toleranceMillis, long aheadMillis) {
    long later = target - source;
    return later >= -toleranceMillis && later <= toleranceMillis + aheadMillis;
  }

  /** Whether it goes about now: on the other side it may be gone already. */
  boolean isDue(long toleranceMillis) {
    return isSet() && leftMillis <= toleranceMillis + uncertainMillis + 1000;
  }

  String text() {
    return isSet() ? "expires at " + atMillis + " ms" : "no time to live";
  }
}
