package io.cachesync.contract;

/**
 * Something in a {@link FilterSpec} that cannot be meant.
 *
 * @param found the pattern, rule, database or name that is wrong
 */
public record FilterMistake(Kind kind, String found) {
  /** What was likely meant, where it is a command that is misspelt; otherwise empty. */
  public String meant() {
    return kind == Kind.MISSPELT_COMMAND ? StreamCommands.meant(found).orElse("") : "";
  }

  /** What is wrong with it. */
  public enum Kind {
    /** A pattern without a character. */
    EMPTY_PATTERN,
    /** A backslash at the end, or {@code \x} without two hexadecimal digits. */
    BROKEN_ESCAPE,
    /** A bracket that is not closed. */
    OPEN_BRACKET,
    NEGATIVE_DATABASE,
    /** Every database that was chosen is left out too. */
    NO_DATABASE_LEFT,
    /** A database is mapped that is not moved. */
    MAPPED_NOT_MOVED,
    /** Two databases that are moved would become this one. */
    DATABASES_COLLIDE,
    EMPTY_TYPE,
    /** Neither a type of Redis, nor as long as the name of a module's. */
    UNKNOWN_TYPE,
    EMPTY_COMMAND,
    /** No command of a stream, and nearly one. */
    MISSPELT_COMMAND,
    /** A command that holds the stream together. */
    FRAME_COMMAND,
    /** Both beginnings of a rule are the same. */
    RENAMES_NOTHING,
    /** An earlier rule takes every key of this one. */
    RENAME_NEVER_USED,
    /** Two rules could give two keys one name. */
    RENAMES_COLLIDE
  }
}
