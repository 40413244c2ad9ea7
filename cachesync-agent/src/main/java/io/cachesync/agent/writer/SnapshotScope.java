package io.cachesync.agent.writer;

/**
 * What a snapshot may touch at a target.
 *
 * @param replaces whether a key that is there is replaced; otherwise it is another source's, and
 *     ends the full sync
 * @param functions whether function libraries are put there
 */
public record SnapshotScope(boolean replaces, boolean functions) {
  /** Of the only source. */
  public static final SnapshotScope WHOLE = new SnapshotScope(true, true);
}
