package io.cachesync.agent.checkpoint;

import java.util.Objects;

/**
 * Of which source a full sync was begun, so that one that is begun again is of the same. As text
 * {@code REPLID OFFSET RUNID}, with {@code -} for a run id that the source does not tell.
 *
 * @param replId the replication id that the source announced, empty where nothing was begun
 * @param offset where its snapshot begins
 * @param runId of the server's process, empty where unknown
 */
public record CopiedFrom(String replId, long offset, String runId) {
  private static final String UNTOLD = "-";

  public static final CopiedFrom NOTHING = new CopiedFrom("", -1, "");

  /** A removal has begun: what other nodes still tell of former full syncs counts for nothing. */
  static final CopiedFrom REMOVED = new CopiedFrom(UNTOLD, -1, "");

  public CopiedFrom {
    Objects.requireNonNull(replId);
    Objects.requireNonNull(runId);
  }

  public boolean isNothing() {
    return replId.isEmpty() || isRemoved();
  }

  boolean isRemoved() {
    return replId.equals(UNTOLD);
  }

  String text() {
    return replId.isEmpty() ? "" : replId + " " + offset + " " + (runId.isEmpty() ? UNTOLD : runId);
  }

  /**
   * @throws IllegalArgumentException where the text is none of ours
   */
  static CopiedFrom parse(String text) {
    if (text.isEmpty()) {
      return NOTHING;
    }
    String[] words = text.split(" ", -1);
    if (words.length != 3) {
      throw new IllegalArgumentException("the field source is none of ours: " + text);
    }
    return new CopiedFrom(
        words[0], Long.parseLong(words[1]), words[2].equals(UNTOLD) ? "" : words[2]);
  }
}
