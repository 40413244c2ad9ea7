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
 * @param error why it could not be repaired, in English, otherwise empty
 * @param reason the same as a code, or null where there is none, as in reports of older agents
 * @param detail what belongs to the code, otherwise empty
 */
public record RepairedKey(
    int database,
    String key,
    String keyBase64,
    RepairCourse course,
    String sourceType,
    String targetType,
    String error,
    RepairReason reason,
    String detail) {
  public RepairedKey {
    course = course == null ? RepairCourse.UNKNOWN : course;
    sourceType = sourceType == null ? "" : sourceType;
    targetType = targetType == null ? "" : targetType;
    error = error == null ? "" : error;
    detail = detail == null ? "" : detail;
  }

  /** One that needs no reason. */
  public RepairedKey(NamedKey key, RepairCourse course) {
    this(key, course, "", null, "");
  }

  public RepairedKey(
      NamedKey key, RepairCourse course, String error, RepairReason reason, String detail) {
    this(key.database(), key.key(), key.keyBase64(), course, "", "", error, reason, detail);
  }
}
