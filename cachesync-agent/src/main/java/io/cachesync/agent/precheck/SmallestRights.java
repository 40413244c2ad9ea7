package io.cachesync.agent.precheck;

import io.cachesync.agent.redis.ServerVersion;

/** The smallest ACL for each end, as docs/prechecks.md has it and the tests log in with. */
final class SmallestRights {
  private static final String SOURCE = "-@all +psync +replconf +ping +info +time +config|get";

  /** Redis 6.0 cannot be asked whether PSYNC is permitted but inside MULTI. */
  private static final String MULTI_OF_6_0 = " +multi +discard";

  private static final String TARGET =
      "~* -@all +@write +@read +@transaction +@scripting +select +ping +info +time +config|get"
          + " +client|setname +client|list +client|kill";

  private SmallestRights() {}

  /** A command that a person completes with the password. */
  static String sourceCommand(String user, ServerVersion version) {
    return command(user, source(!version.atLeast(6, 2)));
  }

  /** A command that a person completes with the password. */
  static String targetCommand(String user) {
    return command(user, target());
  }

  /**
   * The rules for a source.
   *
   * @param forRedis60 whether the source is a Redis 6.0
   */
  static String source(boolean forRedis60) {
    return forRedis60 ? SOURCE + MULTI_OF_6_0 : SOURCE;
  }

  /** The rules for a target. */
  static String target() {
    return TARGET;
  }

  private static String command(String user, String rules) {
    return "ACL SETUSER " + user + " on >PASSWORD " + rules;
  }
}
