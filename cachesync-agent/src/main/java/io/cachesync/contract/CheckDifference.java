package io.cachesync.contract;

/**
 * One thing that is unlike between both sides.
 *
 * @param database of the source
 * @param key as text, with bytes that cannot be printed as <code>\xNN</code>
 * @param keyBase64 its bytes, where the text is not they; otherwise empty
 * @param type as TYPE tells it, the source's where it has the key
 * @param field field, member, index of an element, id of an entry, name of a group: empty for what
 *     concerns the key as a whole
 * @param fieldBase64 its bytes, where the text is not they; otherwise empty
 * @param source what the source has, cut; empty for nothing
 * @param target what the target has, cut; empty for nothing
 * @param atMillis when it was last read
 * @param round in which it was last seen
 * @param sourceOffset where the source's stream stood just after it was read, -1 where that is not
 *     known
 * @param furtherInKey how many things are unlike in this key that are not told one by one
 * @param sourceNumber which source it was compared with, from 0; {@link #NO_SOURCE} for what none
 *     of several sources has
 */
public record CheckDifference(
    int database,
    String key,
    String keyBase64,
    String type,
    DifferenceKind kind,
    String field,
    String fieldBase64,
    String source,
    String target,
    long atMillis,
    int round,
    long sourceOffset,
    long furtherInKey,
    int sourceNumber) {
  public static final int NO_SOURCE = -1;

  /** Of the only source. */
  public CheckDifference(
      int database,
      String key,
      String keyBase64,
      String type,
      DifferenceKind kind,
      String field,
      String fieldBase64,
      String source,
      String target,
      long atMillis,
      int round,
      long sourceOffset,
      long furtherInKey) {
    this(
        database,
        key,
        keyBase64,
        type,
        kind,
        field,
        fieldBase64,
        source,
        target,
        atMillis,
        round,
        sourceOffset,
        furtherInKey,
        0);
  }
}
