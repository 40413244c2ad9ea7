package io.cachesync.contract;

/**
 * What became of one key in a repair, or in its plan what would.
 *
 * @param database of the source
 * @param key as in {@link NamedKey}, under its name at the source
 * @param keyBase64 as in {@link NamedKey}
 * @param sourceType as TYPE tells it, {@code none} where the key is not there; empty where that was
 *     not asked
 * @param targetType as above
 * @param error why it could not be repaired, otherwise empty
 */
public record RepairedKey(
    int database,
    String key,
    String keyBase64,
    RepairCourse course,
    String sourceType,
    String targetType,
    String error) {
  public RepairedKey {
    course = course == null ? RepairCourse.UNKNOWN : course;
    sourceType = sourceType == null ? "" : sourceType;
    targetType = targetType == null ? "" : targetType;
    error = error == null ? "" : error;
  }

  public RepairedKey(NamedKey key, RepairCourse course, String error) {
    this(key.database(), key.key(), key.keyBase64(), course, "", "", error);
  }
}
