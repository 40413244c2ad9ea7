package io.cachesync.agent.command;

/**
 * What is known of a command.
 *
 * @param index its place in the table, -1 for {@link #UNKNOWN}
 * @param name in upper case
 * @param since first version of Redis that has it, as major * 100 + minor
 * @param type what TYPE says of the keys that it writes, empty where that may be any
 * @param form what is asked of it on the way of every command
 */
public record Command(
    int index,
    String name,
    int since,
    Keys keys,
    Role role,
    Replay replay,
    Writes writes,
    String type,
    Form form) {
  /** Commands whose arguments tell more than others': asked by this, not by their names. */
  public enum Form {
    PLAIN,
    SET,
    /** As SET, of many keys. */
    SET_MANY,
    SORT,
    MOVE,
    COPY,
    /** It runs a script or a function. */
    CODE;

    static Form of(String name) {
      return switch (name) {
        case "SET" -> SET;
        case "MSETEX" -> SET_MANY;
        case "SORT" -> SORT;
        case "MOVE" -> MOVE;
        case "COPY" -> COPY;
        case "EVAL", "EVALSHA", "FCALL" -> CODE;
        default -> PLAIN;
      };
    }
  }

  /** A command that the table does not have. */
  public static final Command UNKNOWN =
      new Command(
          -1, "", 0, Keys.parse("-"), Role.DATA, Replay.COUNTING, Writes.ALL, "", Form.PLAIN);

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
    return form == Form.CODE;
  }

  /**
   * Whether what is sent for this command line puts its keys into a state that depends on nothing
   * before it, so that it may be sent again and needs nothing of what was there.
   */
  public boolean replaces(Keys.Arguments arguments) {
    if (replay != Replay.REPLACING) {
      return false;
    }
    if ((form == Form.SET || form == Form.SET_MANY) && arguments.count() > 3) {
      for (int i = 3; i < arguments.count(); i++) {
        if (arguments.is(i, "KEEPTTL")) {
          return false;
        }
      }
    }
    return true;
  }
}
