package io.cachesync.agent.command;

/** What a second application of a command does. */
public enum Replay {
  /** Puts its keys into a state that depends on nothing before it. */
  REPLACING,
  /** Changes nothing more. */
  ABSOLUTE,
  /** Reads other keys, positions or databases, which may have changed meanwhile. */
  CROSS,
  /** Changes the data again. */
  COUNTING,
  /** Is refused with an error and changes nothing. */
  REFUSED,
  /** Moves an expiry time. */
  RELATIVE,
  NONE
}
