package io.cachesync.agent.precheck;

import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.redis.ServerVersion;

/** The RDB version that belongs to a server's version; see {@code rdb.h} of each release. */
final class RdbVersion {
  private static final int VALKEY_9 = 80;

  private RdbVersion() {}

  /** What this server writes. */
  static int of(ServerInfo server) {
    ServerVersion version = server.version();
    if (server.product().equals("valkey")) {
      return version.atLeast(9, 2) ? VALKEY_9 + 1 : server.rdbVersion();
    }
    if (version.atLeast(8, 10)) {
      return 15;
    }
    if (version.atLeast(8, 8)) {
      return 14;
    }
    return server.rdbVersion();
  }

  /** Whether the target can load what the source writes as it is. */
  static boolean reads(ServerInfo target, ServerInfo source) {
    int written = of(source);
    int known = of(target);
    if (known >= VALKEY_9) {
      // 12 to 79 are foreign to Valkey: type 22 has another meaning there.
      return written <= 11 || (written >= VALKEY_9 && written <= known);
    }
    return written <= known;
  }
}
