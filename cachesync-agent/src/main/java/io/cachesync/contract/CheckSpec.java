package io.cachesync.contract;

import java.util.ArrayList;
import java.util.List;

/**
 * What one check compares, and how.
 *
 * @param rounds how often what differs is looked at, from 1
 * @param pauseMillis between two rounds
 * @param samplePercent share of the keys that is looked at, chosen by a hash of the key; 100 = all
 * @param ttlToleranceMillis by how much both sides may let a key go at different times; never less
 *     than the grace that a sync gives the target
 * @param bothDirections whether keys that only the target has are looked for
 * @param parallel keys of so many batches are compared at the same time
 * @param bigKeyElements elements from which on {@link CheckMode#SMART} compares the length only
 * @param sourceLimits bytes read from and commands sent to the source per second
 * @param targetLimits bytes read from and commands sent to the target per second
 * @param keyPrefix what our own keys begin with, which are left out
 * @param program path of redis-full-check on the machine, which does the check then; null = the
 *     agent does it
 * @param moreSources further sources whose keys the one target has too: a key of any is compared
 *     with the target's, and one is only the target's where none of them has it
 */
public record CheckSpec(
    RedisEndpoint source,
    RedisEndpoint target,
    CheckMode mode,
    FilterSpec filter,
    int rounds,
    long pauseMillis,
    double samplePercent,
    long ttlToleranceMillis,
    Boolean bothDirections,
    int parallel,
    long bigKeyElements,
    LimitSpec sourceLimits,
    LimitSpec targetLimits,
    String keyPrefix,
    String program,
    List<RedisEndpoint> moreSources) {

  /** A smaller sample would be none: a check of nothing finds nothing. */
  public static final double MIN_SAMPLE_PERCENT = 0.0001;

  public static final int DEFAULT_ROUNDS = 3;
  public static final long DEFAULT_PAUSE_MILLIS = 2000;
  public static final long DEFAULT_TTL_TOLERANCE_MILLIS = 2000;
  public static final int DEFAULT_PARALLEL = 4;
  public static final int MAX_PARALLEL = 64;
  public static final long DEFAULT_BIG_KEY_ELEMENTS = 16_384;

  public CheckSpec {
    mode = mode == null || mode == CheckMode.UNKNOWN ? CheckMode.FULL : mode;
    filter = filter == null ? FilterSpec.everything() : filter;
    rounds = rounds == 0 ? DEFAULT_ROUNDS : rounds;
    samplePercent = samplePercent == 0 ? 100 : samplePercent;
    ttlToleranceMillis =
        ttlToleranceMillis == 0 ? DEFAULT_TTL_TOLERANCE_MILLIS : ttlToleranceMillis;
    bothDirections = bothDirections == null || bothDirections;
    parallel = parallel == 0 ? DEFAULT_PARALLEL : parallel;
    bigKeyElements = bigKeyElements == 0 ? DEFAULT_BIG_KEY_ELEMENTS : bigKeyElements;
    sourceLimits = sourceLimits == null ? LimitSpec.none() : sourceLimits;
    targetLimits = targetLimits == null ? LimitSpec.none() : targetLimits;
    program = program == null || program.isBlank() ? null : program;
    moreSources = moreSources == null ? List.of() : List.copyOf(moreSources);
    keyPrefix = keyPrefix == null || keyPrefix.isEmpty() ? SyncSpec.DEFAULT_KEY_PREFIX : keyPrefix;
    if (rounds < 1 || pauseMillis < 0 || parallel < 1 || parallel > MAX_PARALLEL) {
      throw new IllegalArgumentException(
          "a check has at least one round, no negative pause, and 1 to %d batches at a time"
              .formatted(MAX_PARALLEL));
    }
    if (!(samplePercent >= MIN_SAMPLE_PERCENT && samplePercent <= 100)) {
      throw new IllegalArgumentException(
          "a sample has at least 0.0001 percent, one key in a million, and at most 100");
    }
    if (ttlToleranceMillis < SyncSpec.DEFAULT_EXPIRY_GRACE_MILLIS) {
      throw new IllegalArgumentException(
          "times to live differ by up to %d ms by themselves: the grace of a sync"
              .formatted(SyncSpec.DEFAULT_EXPIRY_GRACE_MILLIS));
    }
    if (bigKeyElements < 0) {
      throw new IllegalArgumentException("a number of elements must not be negative");
    }
  }

  /**
   * What is not said has the usual value: all keys of one source, in full.
   *
   * @param source null where the ends are not known yet
   * @param target null where the ends are not known yet
   */
  public static Builder between(RedisEndpoint source, RedisEndpoint target) {
    return new Builder(source, target);
  }

  /** The same, to be changed. */
  public Builder but() {
    return new Builder(this);
  }

  /** All sources, the first one first. */
  public List<RedisEndpoint> allSources() {
    List<RedisEndpoint> all = new ArrayList<>();
    all.add(source);
    all.addAll(moreSources);
    return all;
  }

  /**
   * The same check of one of its sources alone.
   *
   * @param number in {@link #allSources}
   */
  public CheckSpec ofSource(int number) {
    return but().source(allSources().get(number)).moreSources(List.of()).build();
  }

  /** The same check with further sources. */
  public CheckSpec and(List<RedisEndpoint> further) {
    return but().moreSources(further).build();
  }

  /** A spec in the making: each part is said by its name. */
  public static final class Builder {
    private RedisEndpoint source;
    private RedisEndpoint target;
    private CheckMode mode;
    private FilterSpec filter;
    private int rounds;
    private long pauseMillis;
    private double samplePercent;
    private long ttlToleranceMillis;
    private Boolean bothDirections;
    private int parallel;
    private long bigKeyElements;
    private LimitSpec sourceLimits;
    private LimitSpec targetLimits;
    private String keyPrefix;
    private String program;
    private List<RedisEndpoint> moreSources;

    private Builder(RedisEndpoint source, RedisEndpoint target) {
      this.source = source;
      this.target = target;
    }

    private Builder(CheckSpec spec) {
      source = spec.source;
      target = spec.target;
      mode = spec.mode;
      filter = spec.filter;
      rounds = spec.rounds;
      pauseMillis = spec.pauseMillis;
      samplePercent = spec.samplePercent;
      ttlToleranceMillis = spec.ttlToleranceMillis;
      bothDirections = spec.bothDirections;
      parallel = spec.parallel;
      bigKeyElements = spec.bigKeyElements;
      sourceLimits = spec.sourceLimits;
      targetLimits = spec.targetLimits;
      keyPrefix = spec.keyPrefix;
      program = spec.program;
      moreSources = spec.moreSources;
    }

    public CheckSpec build() {
      return new CheckSpec(
          source,
          target,
          mode,
          filter,
          rounds,
          pauseMillis,
          samplePercent,
          ttlToleranceMillis,
          bothDirections,
          parallel,
          bigKeyElements,
          sourceLimits,
          targetLimits,
          keyPrefix,
          program,
          moreSources);
    }

    public Builder source(RedisEndpoint value) {
      source = value;
      return this;
    }

    public Builder target(RedisEndpoint value) {
      target = value;
      return this;
    }

    public Builder mode(CheckMode value) {
      mode = value;
      return this;
    }

    public Builder filter(FilterSpec value) {
      filter = value;
      return this;
    }

    public Builder rounds(int value) {
      rounds = value;
      return this;
    }

    public Builder pauseMillis(long value) {
      pauseMillis = value;
      return this;
    }

    public Builder samplePercent(double value) {
      samplePercent = value;
      return this;
    }

    public Builder ttlToleranceMillis(long value) {
      ttlToleranceMillis = value;
      return this;
    }

    public Builder bothDirections(Boolean value) {
      bothDirections = value;
      return this;
    }

    public Builder parallel(int value) {
      parallel = value;
      return this;
    }

    public Builder bigKeyElements(long value) {
      bigKeyElements = value;
      return this;
    }

    public Builder sourceLimits(LimitSpec value) {
      sourceLimits = value;
      return this;
    }

    public Builder targetLimits(LimitSpec value) {
      targetLimits = value;
      return this;
    }

    public Builder keyPrefix(String value) {
      keyPrefix = value;
      return this;
    }

    public Builder program(String value) {
      program = value;
      return this;
    }

    public Builder moreSources(List<RedisEndpoint> value) {
      moreSources = value;
      return this;
    }
  }
}
