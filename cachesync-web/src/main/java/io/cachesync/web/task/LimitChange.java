package io.cachesync.web.task;

import io.cachesync.contract.LimitSpec;
import io.cachesync.web.system.Refusal;

/**
 * Limits as a program sends them: what is left out stays as it is, null or 0 removes a limit. No
 * record, as only a setter that is called tells a null from what was left out.
 */
public final class LimitChange {
  private Long bytesPerSecond;
  private Long commandsPerSecond;

  public void setBytesPerSecond(Long bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond == null ? 0 : bytesPerSecond;
  }

  public void setCommandsPerSecond(Long commandsPerSecond) {
    this.commandsPerSecond = commandsPerSecond == null ? 0 : commandsPerSecond;
  }

  /**
   * What the limits are after it.
   *
   * @throws Refusal where one is below 0
   */
  public LimitSpec of(LimitSpec before) {
    return new LimitSpec(
        after("bytesPerSecond", before.bytesPerSecond(), bytesPerSecond),
        after("commandsPerSecond", before.commandsPerSecond(), commandsPerSecond));
  }

  private static long after(String field, long before, Long asked) {
    if (asked != null && asked < 0) {
      throw Refusal.invalid(field, "task.form.whole.invalid", 0, String.valueOf(Long.MAX_VALUE));
    }
    return asked == null ? before : asked;
  }
}
