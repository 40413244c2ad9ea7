package io.cachesync.contract;

/**
 * A line of an undo file: what the target had under a key before a repair.
 *
 * @param database of the target
 * @param key as in {@link NamedKey}, under its name at the target
 * @param keyBase64 as in {@link NamedKey}
 * @param present whether there was anything
 * @param expireAtMillis Unix time of the target's clock, or -1
 * @param dumpBase64 what DUMP answered, empty where there was nothing
 * @param keyPrefix what the keys of the task begin with that may have a claim on the target
 * @param voided that the line before it of the same key is of no matter: nothing was written
 */
public record FormerValue(
    int database,
    String key,
    String keyBase64,
    boolean present,
    long expireAtMillis,
    String dumpBase64,
    String keyPrefix,
    boolean voided) {
  public FormerValue {
    dumpBase64 = dumpBase64 == null ? "" : dumpBase64;
    keyPrefix = keyPrefix == null || keyPrefix.isEmpty() ? SyncSpec.DEFAULT_KEY_PREFIX : keyPrefix;
  }

  public FormerValue(
      int database,
      String key,
      String keyBase64,
      boolean present,
      long expireAtMillis,
      String dumpBase64) {
    this(database, key, keyBase64, present, expireAtMillis, dumpBase64, null, false);
  }

  /** Takes back what was kept last of a key. */
  public static FormerValue voided(NamedKey key) {
    return new FormerValue(key.database(), key.key(), key.keyBase64(), false, -1, "", null, true);
  }

  /** The same, of a task whose own keys begin so. */
  public FormerValue under(String prefix) {
    return new FormerValue(
        database, key, keyBase64, present, expireAtMillis, dumpBase64, prefix, voided);
  }

  public NamedKey named() {
    return new NamedKey(database, key, keyBase64);
  }
}
