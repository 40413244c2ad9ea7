package io.cachesync.agent.source;

/**
 * Where a stream stands.
 *
 * @param replId replication id of the source (below 4.0 its run id)
 * @param offset offset of the last byte that is contained
 * @param database the database selected there, or -1 if unknown
 */
public record ReplicationPosition(String replId, long offset, int database) {
  /** Nothing yet: asks for a full sync. */
  public static final ReplicationPosition NONE = new ReplicationPosition("", -1, -1);

  public boolean isNone() {
    return replId.isEmpty();
  }
}
