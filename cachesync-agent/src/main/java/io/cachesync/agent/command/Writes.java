package io.cachesync.agent.command;

/** Which of its keys a command writes; it reads the others. */
public enum Writes {
  ALL,
  FIRST,
  LAST
}
