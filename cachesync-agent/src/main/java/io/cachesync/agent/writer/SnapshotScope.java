package io.cachesync.agent.writer;

/**
 * What a snapshot may touch at a target.
 *
 * @param existing what becomes of a key that is there already
 * @param functions whether function libraries are put there
 */
public record SnapshotScope(Existing existing, boolean functions) {
  /** Of the only source. */
  public static final SnapshotScope WHOLE = new SnapshotScope(Existing.REPLACED, true);

  /** What becomes of a key that is at the target already. */
  public enum Existing {
    REPLACED,
    /** It is another source's, and ends the full sync. */
    OF_ANOTHER_SOURCE,
    /** It ends the full sync. */
    REFUSED,
    /** It stays as it is, and is not moved. */
    SKIPPED
  }

  boolean replaces() {
    return existing == Existing.REPLACED;
  }
}
