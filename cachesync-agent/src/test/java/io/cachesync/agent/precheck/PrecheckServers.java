package io.cachesync.agent.precheck;

import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;

/** A source and a target of whose users each has the smallest rights, for prechecks. */
final class PrecheckServers {
  private PrecheckServers() {}

  static RedisServer source() {
    return new RedisServer(ServerVersion.V7_0)
        .user("mig", "on >secret " + SmallestRights.source(true));
  }

  static RedisServer target() {
    return new RedisServer(ServerVersion.V7_0).user("mig", "on >secret " + SmallestRights.target());
  }

  static PrecheckRun run(RedisServer source, RedisServer target) {
    return new PrecheckRun(source, target).users("mig", "mig", "secret");
  }

  /** With nothing in them, and no bound of memory at the target. */
  static void empty(RedisServer source, RedisServer target) {
    source.flush();
    target.flush();
    try (RespClient client = target.client()) {
      client.call("CONFIG", "SET", "maxmemory", "0");
      client.call("CONFIG", "SET", "maxmemory-policy", "noeviction");
    }
  }

  static void write(RedisServer server, String... command) {
    try (RespClient client = server.client()) {
      client.call(command);
    }
  }

  static String info(RedisServer server, String section, String field) {
    try (RespClient client = server.client()) {
      return client.info(section).getOrDefault(field, "avg_ttl=0");
    }
  }
}
