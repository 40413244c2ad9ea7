package io.cachesync.agent.writer;

import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.redis.ServerVersion;

/**
 * What a target understands, and by how much times of expiry are moved for it.
 *
 * @param level the version of Redis whose commands it has, as major * 100 + minor
 * @param rdbVersion the highest version of the RDB format that it loads
 * @param version in words, for messages
 * @param absoluteGraceMillis added to times that the source's clock has set
 * @param relativeGraceMillis added to times that were counted from our own clock
 */
record TargetFeatures(
    int level, int rdbVersion, String version, long absoluteGraceMillis, long relativeGraceMillis) {

  static TargetFeatures of(ServerInfo info, long absoluteGraceMillis, long relativeGraceMillis) {
    ServerVersion version = info.version();
    return new TargetFeatures(
        level(info.product(), version),
        info.rdbVersion(),
        info.product() + " " + version,
        absoluteGraceMillis,
        relativeGraceMillis);
  }

  private static int level(String product, ServerVersion version) {
    if (product.equals("valkey") && version.major() < 9) {
      return 702;
    }
    if (version.atLeast(7, 9)) {
      return 800;
    }
    return version.major() * 100 + version.minor();
  }

  boolean atLeast(int otherLevel) {
    return level >= otherLevel;
  }

  /** A server up to 5.0 runs the rest of a transaction after one of its commands was refused. */
  boolean executesTornTransactions() {
    return level < 600;
  }

  /** A time of the source's clock (Unix time in milliseconds) as it is sent. */
  long absolute(long millis) {
    return add(millis, absoluteGraceMillis);
  }

  /** A time counted from when the bytes were received, as it is sent. */
  long relative(long receivedMillis, long millis) {
    return add(add(receivedMillis, millis), relativeGraceMillis);
  }

  private static long add(long time, long more) {
    return time > 0 && more > 0 && time > Long.MAX_VALUE - more ? time : time + more;
  }
}
