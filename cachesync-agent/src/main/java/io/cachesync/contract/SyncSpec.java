package io.cachesync.contract;

import java.util.ArrayList;
import java.util.List;

/**
 * What one sync job does.
 *
 * @param task name of the task: part of the checkpoint's key at the target
 * @param jobNumber number of this job inside its task, from 0
 * @param afresh forget the checkpoint and begin with a full sync
 * @param expiryGraceMillis added to every expiry time that is sent, so that the source's DEL comes
 *     first (milliseconds)
 * @param relayMemoryBytes size of the relay log's ring in memory
 * @param relayMaxBytes bytes that may wait on disk before the link leaves the source; 0 = half of
 *     the free disk
 * @param keyPrefix what our own keys at the target begin with
 * @param lagBoundMillis a link is in sync while its lag stays under this bound
 * @param acceptEvictions whether the link goes on where the target evicts keys of any kind
 * @param onUnsupported what becomes of what the target's version has no place for
 * @param moreSources further sources that hold other keys, such as the shards of a proxy: all are
 *     copied into the one target, which must be empty before
 * @param continuousKeys keys that the stream touches are compared, at most so many a second; 0 for
 *     none
 */
public record SyncSpec(
    String task,
    int jobNumber,
    RedisEndpoint source,
    RedisEndpoint target,
    SyncMode mode,
    FilterSpec filter,
    ConflictPolicy onExists,
    LimitSpec limits,
    boolean afresh,
    long expiryGraceMillis,
    long relayMemoryBytes,
    long relayMaxBytes,
    String keyPrefix,
    long lagBoundMillis,
    boolean acceptEvictions,
    UnsupportedPolicy onUnsupported,
    List<RedisEndpoint> moreSources,
    long continuousKeys) {

  public static final long DEFAULT_EXPIRY_GRACE_MILLIS = 1000;
  public static final long DEFAULT_RELAY_MEMORY_BYTES = 16L << 20;
  public static final String DEFAULT_KEY_PREFIX = "cachesync:";
  public static final long DEFAULT_LAG_BOUND_MILLIS = 2000;

  /** What is worth its load on most sources. */
  public static final long DEFAULT_CONTINUOUS_KEYS = 1000;

  public SyncSpec {
    mode = mode == null ? SyncMode.SYNC : mode;
    filter = filter == null ? FilterSpec.everything() : filter;
    onExists = onExists == null ? ConflictPolicy.REFUSE : onExists;
    limits = limits == null ? LimitSpec.none() : limits;
    relayMemoryBytes = relayMemoryBytes == 0 ? DEFAULT_RELAY_MEMORY_BYTES : relayMemoryBytes;
    keyPrefix = keyPrefix == null || keyPrefix.isEmpty() ? DEFAULT_KEY_PREFIX : keyPrefix;
    lagBoundMillis = lagBoundMillis == 0 ? DEFAULT_LAG_BOUND_MILLIS : lagBoundMillis;
    onUnsupported = onUnsupported == null ? UnsupportedPolicy.STOP : onUnsupported;
    moreSources = moreSources == null ? List.of() : List.copyOf(moreSources);
    if (continuousKeys < 0) {
      throw new IllegalArgumentException("a number of keys per second must not be negative");
    }
  }

  /** Without a continuous check. */
  public SyncSpec(
      String task,
      int jobNumber,
      RedisEndpoint source,
      RedisEndpoint target,
      SyncMode mode,
      FilterSpec filter,
      ConflictPolicy onExists,
      LimitSpec limits,
      boolean afresh,
      long expiryGraceMillis,
      long relayMemoryBytes,
      long relayMaxBytes,
      String keyPrefix,
      long lagBoundMillis,
      boolean acceptEvictions,
      UnsupportedPolicy onUnsupported,
      List<RedisEndpoint> moreSources) {
    this(
        task,
        jobNumber,
        source,
        target,
        mode,
        filter,
        onExists,
        limits,
        afresh,
        expiryGraceMillis,
        relayMemoryBytes,
        relayMaxBytes,
        keyPrefix,
        lagBoundMillis,
        acceptEvictions,
        onUnsupported,
        moreSources,
        0);
  }

  /** One source. */
  public SyncSpec(
      String task,
      int jobNumber,
      RedisEndpoint source,
      RedisEndpoint target,
      SyncMode mode,
      FilterSpec filter,
      ConflictPolicy onExists,
      LimitSpec limits,
      boolean afresh,
      long expiryGraceMillis,
      long relayMemoryBytes,
      long relayMaxBytes,
      String keyPrefix,
      long lagBoundMillis,
      boolean acceptEvictions,
      UnsupportedPolicy onUnsupported) {
    this(
        task,
        jobNumber,
        source,
        target,
        mode,
        filter,
        onExists,
        limits,
        afresh,
        expiryGraceMillis,
        relayMemoryBytes,
        relayMaxBytes,
        keyPrefix,
        lagBoundMillis,
        acceptEvictions,
        onUnsupported,
        List.of(),
        0);
  }

  /** The same with a continuous check of at most so many keys a second; 0 for none. */
  public SyncSpec checking(long newContinuousKeys) {
    return new SyncSpec(
        task,
        jobNumber,
        source,
        target,
        mode,
        filter,
        onExists,
        limits,
        afresh,
        expiryGraceMillis,
        relayMemoryBytes,
        relayMaxBytes,
        keyPrefix,
        lagBoundMillis,
        acceptEvictions,
        onUnsupported,
        moreSources,
        newContinuousKeys);
  }

  /** The first one and those that are more. */
  public List<RedisEndpoint> allSources() {
    List<RedisEndpoint> all = new ArrayList<>();
    all.add(source);
    all.addAll(moreSources);
    return List.copyOf(all);
  }

  /**
   * The same with one source alone.
   *
   * @param number in {@link #allSources}
   */
  public SyncSpec ofSource(int number) {
    return with(allSources().get(number), List.of());
  }

  /** The same with other sources. */
  public SyncSpec with(RedisEndpoint otherSource, List<RedisEndpoint> otherMoreSources) {
    return new SyncSpec(
        task,
        jobNumber,
        otherSource,
        target,
        mode,
        filter,
        onExists,
        limits,
        afresh,
        expiryGraceMillis,
        relayMemoryBytes,
        relayMaxBytes,
        keyPrefix,
        lagBoundMillis,
        acceptEvictions,
        onUnsupported,
        otherMoreSources,
        continuousKeys);
  }
}
