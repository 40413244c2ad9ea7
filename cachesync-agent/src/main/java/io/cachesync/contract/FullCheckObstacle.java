package io.cachesync.contract;

import java.util.Optional;

/** What redis-full-check cannot do, so that a check is left to the one that is built in. */
public enum FullCheckObstacle {
  /** It finds no master by sentinels. */
  SENTINEL,
  /** It speaks plain text only. */
  TLS,
  /** It reaches nodes of a cluster only where they say. */
  ADDRESS_MAP,
  /** It looks at all keys. */
  SAMPLE,
  /** It knows databases, whole keys and beginnings of keys, and neither renames nor maps. */
  FILTER,
  /** It compares two. */
  SOURCES,
  /** It has no limit in bytes. */
  BYTES,
  /** It takes a user and a password with a colon between them. */
  COLON;

  /** What stands in the way of a check, if anything does. */
  public static Optional<FullCheckObstacle> of(CheckSpec spec) {
    if (!spec.moreSources().isEmpty()) {
      return Optional.of(SOURCES);
    }
    if (spec.samplePercent() < 100) {
      return Optional.of(SAMPLE);
    }
    if (spec.sourceLimits().bytesPerSecond() > 0 || spec.targetLimits().bytesPerSecond() > 0) {
      return Optional.of(BYTES);
    }
    return isPlain(spec.filter()) ? Optional.empty() : Optional.of(FILTER);
  }

  /** What stands in the way at one end, if anything does. */
  public static Optional<FullCheckObstacle> of(RedisEndpoint end) {
    if (end.topology() == Topology.SENTINEL) {
      return Optional.of(SENTINEL);
    }
    if (end.tls() != null) {
      return Optional.of(TLS);
    }
    if (end.user().contains(":")) {
      return Optional.of(COLON);
    }
    return end.addressMap().isEmpty() ? Optional.empty() : Optional.of(ADDRESS_MAP);
  }

  /** What stands in the way of a login, if anything does. */
  public static Optional<FullCheckObstacle> ofPassword(String password) {
    return password.contains(":") ? Optional.of(COLON) : Optional.empty();
  }

  private static boolean isPlain(FilterSpec filter) {
    return filter.excludeDatabases().isEmpty()
        && filter.databaseMap().isEmpty()
        && filter.excludeKeys().isEmpty()
        && filter.includeTypes().isEmpty()
        && filter.excludeTypes().isEmpty()
        && filter.renames().isEmpty()
        && filter.includeKeys().stream().allMatch(key -> key.matches("[^*?\\[\\\\|]+\\*?"));
  }
}
