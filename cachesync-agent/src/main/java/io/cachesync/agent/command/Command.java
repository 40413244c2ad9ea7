package io.cachesync.agent.command;

/**
 * What is known of a command.
 *
 * @param index its place in the table, -1 for {@link #UNKNOWN}
 * @param name in upper case
 * @param since first version of Redis that has it, as major * 100 + minor
 * @param type what TYPE says of the keys that it writes, empty where that may be any
 */
public record Command(
    int index,
    String name,
    int since,
    Keys keys,
    Role role,
    Replay replay,
    Writes writes,
    String type) {
  /** A command that the table does not have. */
  public static final Command UNKNOWN =
      new Command(-1, "", 0, Keys.parse("-"), Role.DATA, Replay.COUNTING, Writes.ALL, "");

  public boolean known() {
    return index >= 0;
  }

  /**
   * Whether it puts a value of its own type in the place of whatever its key held; the others want
   * one of their type to be there, or none.
   */
  public boolean overwrites() {
    return replay == Replay.REPLACING || (replay == Replay.CROSS && writes != Writes.ALL);
  }

  /** Whether a script chooses what it touches; it should name its keys, and need not. */
  public boolean runsCode() {
    return name.equals("EVAL") || name.equals("EVALSHA") || name.equals("FCALL");
  }

  /**
   * Whether what is sent for this command line puts its keys into a state that depends on nothing
   * before it, so that it may be sent again and needs nothing of what was there.
   */
  public boolean replaces(Keys.Arguments arguments) {
    if (replay != Replay.REPLACING) {
      return false;
    }
    if (arguments.count() > 3 && name.equals("SET")) {
      for (int i = 3; i < arguments.count(); i++) {
        if (arguments.is(i, "KEEPTTL")) {
          return false;
        }
      }
    }
    return true;
  }
}
