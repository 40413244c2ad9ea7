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
 *     the disk that is free or holds what waits
 * @param keyPrefix what our own keys at the target begin with
 * @param lagBoundMillis a link is in sync while its lag stays under this bound
 * @param acceptEvictions whether the link goes on where the target evicts keys of any kind
 * @param onUnsupported what becomes of what the target's version has no place for
 * @param moreSources further sources that hold other keys, such as the shards of a proxy: all are
 *     copied into the one target, which must be empty before
 * @param continuousKeys keys that the stream touches are compared, at most so many a second; 0 for
 *     none
 * @param slots which hash slots of the one cluster that is the source this job copies, those of
 *     whole shards, such as {@code 0-5460,10923-16383}; empty for all. Other jobs of the same task
 *     and {@code jobNumber} have the others
 * @param parallelFullSyncs how many links of the job may be in their full sync at once, so that not
 *     all masters of a source make their snapshots at the same time; 0 for {@link
 *     #DEFAULT_PARALLEL_FULL_SYNCS}
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
    long continuousKeys,
    String slots,
    int parallelFullSyncs) {

  public static final long DEFAULT_EXPIRY_GRACE_MILLIS = 1000;
  public static final long DEFAULT_RELAY_MEMORY_BYTES = 16L << 20;
  public static final String DEFAULT_KEY_PREFIX = "cachesync:";
  public static final long DEFAULT_LAG_BOUND_MILLIS = 2000;

  /** What is worth its load on most sources. */
  public static final long DEFAULT_CONTINUOUS_KEYS = 1000;

  /** Keeps two cores at the target busy; what more would bring, more snapshots at once cost. */
  public static final int DEFAULT_PARALLEL_FULL_SYNCS = 4;

  private static final int HIGHEST_SLOT = 16383;

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
    if (parallelFullSyncs < 0) {
      throw new IllegalArgumentException("a number of full syncs at once must not be negative");
    }
    parallelFullSyncs = parallelFullSyncs == 0 ? DEFAULT_PARALLEL_FULL_SYNCS : parallelFullSyncs;
    slots = slots == null ? "" : slots;
    if (!slots.isEmpty()) {
      refuseSlots(slots);
      if (!moreSources.isEmpty() || (source != null && source.topology() != Topology.CLUSTER)) {
        throw new IllegalArgumentException("only of one cluster as the source slots are chosen");
      }
      if (onExists != ConflictPolicy.REFUSE) {
        throw new IllegalArgumentException(
            "some slots of a source are copied into a target only that was empty before");
      }
    }
  }

  private static void refuseSlots(String slots) {
    for (String range : slots.split(",", -1)) {
      if (!range.matches("\\d{1,5}(-\\d{1,5})?")) {
        throw new IllegalArgumentException("not slots, such as 0-5460,10923-16383: " + slots);
      }
      int dash = range.indexOf('-');
      int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
      int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1));
      if (first > last || last > HIGHEST_SLOT) {
        throw new IllegalArgumentException(
            "not slots from 0 to %d: %s".formatted(HIGHEST_SLOT, range));
      }
    }
  }

  /** What is not said has the usual value: all of one source, into an empty target, as a sync. */
  public static Builder of(String task, RedisEndpoint source, RedisEndpoint target) {
    return new Builder(task, source, target);
  }

  /** The same, to be changed. */
  public Builder but() {
    return new Builder(this);
  }

  /** The same with a continuous check of at most so many keys a second; 0 for none. */
  public SyncSpec checking(long newContinuousKeys) {
    return but().continuousKeys(newContinuousKeys).build();
  }

  /** The same with some slots of its source only, as {@link #slots} has them; empty for all. */
  public SyncSpec ofSlots(String newSlots) {
    return but().slots(newSlots).build();
  }

  /** Whether other jobs of the task copy the other shards of its source. */
  public boolean spreads() {
    return !slots.isEmpty();
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
    return but().source(otherSource).moreSources(otherMoreSources).build();
  }

  /** A spec in the making: each part is said by its name. */
  public static final class Builder {
    private final String task;
    private final int jobNumber;
    private RedisEndpoint source;
    private final RedisEndpoint target;
    private SyncMode mode;
    private FilterSpec filter;
    private ConflictPolicy onExists;
    private LimitSpec limits;
    private boolean afresh;
    private long expiryGraceMillis = DEFAULT_EXPIRY_GRACE_MILLIS;
    private long relayMemoryBytes;
    private long relayMaxBytes;
    private String keyPrefix;
    private long lagBoundMillis;
    private boolean acceptEvictions;
    private UnsupportedPolicy onUnsupported;
    private List<RedisEndpoint> moreSources;
    private long continuousKeys;
    private String slots;
    private int parallelFullSyncs;

    private Builder(String task, RedisEndpoint source, RedisEndpoint target) {
      this.task = task;
      this.jobNumber = 0;
      this.source = source;
      this.target = target;
    }

    private Builder(SyncSpec spec) {
      task = spec.task;
      jobNumber = spec.jobNumber;
      source = spec.source;
      target = spec.target;
      mode = spec.mode;
      filter = spec.filter;
      onExists = spec.onExists;
      limits = spec.limits;
      afresh = spec.afresh;
      expiryGraceMillis = spec.expiryGraceMillis;
      relayMemoryBytes = spec.relayMemoryBytes;
      relayMaxBytes = spec.relayMaxBytes;
      keyPrefix = spec.keyPrefix;
      lagBoundMillis = spec.lagBoundMillis;
      acceptEvictions = spec.acceptEvictions;
      onUnsupported = spec.onUnsupported;
      moreSources = spec.moreSources;
      continuousKeys = spec.continuousKeys;
      slots = spec.slots;
      parallelFullSyncs = spec.parallelFullSyncs;
    }

    public SyncSpec build() {
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
          continuousKeys,
          slots,
          parallelFullSyncs);
    }

    public Builder source(RedisEndpoint value) {
      source = value;
      return this;
    }

    public Builder mode(SyncMode value) {
      mode = value;
      return this;
    }

    public Builder filter(FilterSpec value) {
      filter = value;
      return this;
    }

    public Builder onExists(ConflictPolicy value) {
      onExists = value;
      return this;
    }

    public Builder limits(LimitSpec value) {
      limits = value;
      return this;
    }

    public Builder afresh(boolean value) {
      afresh = value;
      return this;
    }

    public Builder expiryGraceMillis(long value) {
      expiryGraceMillis = value;
      return this;
    }

    public Builder relayMemoryBytes(long value) {
      relayMemoryBytes = value;
      return this;
    }

    public Builder relayMaxBytes(long value) {
      relayMaxBytes = value;
      return this;
    }

    public Builder keyPrefix(String value) {
      keyPrefix = value;
      return this;
    }

    public Builder lagBoundMillis(long value) {
      lagBoundMillis = value;
      return this;
    }

    public Builder acceptEvictions(boolean value) {
      acceptEvictions = value;
      return this;
    }

    public Builder onUnsupported(UnsupportedPolicy value) {
      onUnsupported = value;
      return this;
    }

    public Builder moreSources(List<RedisEndpoint> value) {
      moreSources = value;
      return this;
    }

    public Builder continuousKeys(long value) {
      continuousKeys = value;
      return this;
    }

    public Builder slots(String value) {
      slots = value;
      return this;
    }

    public Builder parallelFullSyncs(int value) {
      parallelFullSyncs = value;
      return this;
    }
  }
}
