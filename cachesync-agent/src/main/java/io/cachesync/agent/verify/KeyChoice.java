package io.cachesync.agent.verify;

import io.cachesync.contract.CheckSpec;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Which keys are compared: not our own, and of the others the chosen share. */
final class KeyChoice {
  private static final long WHOLE = 1_000_000;

  private final byte[] ownPrefix;
  private final long share;

  KeyChoice(CheckSpec spec) {
    ownPrefix = spec.keyPrefix().getBytes(StandardCharsets.UTF_8);
    share = Math.round(spec.samplePercent() / 100 * WHOLE);
  }

  boolean takes(byte[] key) {
    if (key.length >= ownPrefix.length
        && Arrays.equals(key, 0, ownPrefix.length, ownPrefix, 0, ownPrefix.length)) {
      return false;
    }
    return share >= WHOLE || (Hash64.of(key) >>> 1) % WHOLE < share;
  }
}
