package io.cachesync.agent.command;

/** What a command of the replication stream is about. */
public enum Role {
  /** Holds the stream together and has no effect of its own: PING, SELECT, MULTI, EXEC. */
  CONTROL,
  /** A message to subscribers: PUBLISH. */
  MESSAGE,
  /** Changes keys. */
  DATA,
  /** Changes whole databases. */
  FLUSH,
  /** Changes code that the server keeps, not data. */
  SCRIPT
}
