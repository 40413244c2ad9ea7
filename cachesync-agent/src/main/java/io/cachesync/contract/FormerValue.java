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
 */
public record FormerValue(
    int database,
    String key,
    String keyBase64,
    boolean present,
    long expireAtMillis,
    String dumpBase64) {
  public FormerValue {
    dumpBase64 = dumpBase64 == null ? "" : dumpBase64;
  }

  public NamedKey named() {
    return new NamedKey(database, key, keyBase64);
  }
}
