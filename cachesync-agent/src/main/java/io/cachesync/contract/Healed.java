package io.cachesync.contract;

/**
 * How many keys were fetched again from the source for one reason.
 *
 * @param keys a key that was fetched twice counts twice
 */
public record Healed(HealReason reason, long keys) {
  public Healed {
    reason = reason == null ? HealReason.UNKNOWN : reason;
  }
}
