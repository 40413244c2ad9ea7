package io.cachesync.agent.command;

/**
 * What is known of a command.
 *
 * @param index its place in the table, -1 for {@link #UNKNOWN}
 * @param name in upper case
 * @param since first version of Redis that has it, as major * 100 + minor
 */
public record Command(int index, String name, int since, Keys keys, Role role, Replay replay) {
  /** A command that the table does not have. */
  public static final Command UNKNOWN =
      new Command(-1, "", 0, Keys.parse("-"), Role.DATA, Replay.COUNTING);

  public boolean known() {
    return index >= 0;
  }
}
