package io.cachesync.agent.writer;

import io.cachesync.contract.Fault;
import io.cachesync.contract.HealReason;

/**
 * A command was executed and its keys may not be what they are at the source: it was refused for
 * what a key held, or a check before it found that a key may be gone.
 *
 * @param offset the source's offset of the command; a fetched value has its number instead
 * @param command name and first key, for messages
 * @param fault what the target answered, or null where the command itself was not refused
 */
public record Doubt(long offset, HealReason reason, String command, Fault fault) {
  /** Whether the command was not sent at all, so that what it only reads is right. */
  public boolean isLeftOut() {
    return switch (reason) {
      case CROSS_SLOT, OLDER_TARGET, SCRIPT_TEXT -> true;
      default -> false;
    };
  }
}
