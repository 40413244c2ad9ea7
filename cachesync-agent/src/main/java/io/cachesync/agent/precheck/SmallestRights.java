package io.cachesync.agent.precheck;

/** The smallest ACL for each end, as docs/prechecks.md has it and the tests log in with. */
final class SmallestRights {
  private static final String NEW_USER = "cachesync";

  private static final String SOURCE =
      "~* -@all +psync +replconf +ping +info +time +config|get"
          + " +multi +exec +discard +select +pttl +dump +memory|usage";

  /** Older servers refuse a rule that names a command that they do not know. */
  private static final String SINCE_7_0 = " +pexpiretime";

  private static final String TARGET =
      "~* -@all +@write +@read +@transaction +@scripting +select +ping +info +time +config|get"
          + " +client|setname +client|list +client|kill";

  /** What is asked of each node of a cluster, source or target. */
  private static final String CLUSTER = " +cluster|nodes +cluster|info";

  private SmallestRights() {}

  /** A command that a person completes with the password. */
  static String sourceCommand(Server server) {
    String rules = source(server.version().atLeast(7, 0));
    return command(server.user(), server.mode().equals("cluster") ? rules + CLUSTER : rules);
  }

  /** A command that a person completes with the password. */
  static String targetCommand(Server server) {
    return command(server.user(), server.mode().equals("cluster") ? target() + CLUSTER : target());
  }

  /** What comes to the rules of either end for each node of a cluster. */
  static String cluster() {
    return CLUSTER;
  }

  /**
   * The rules for a source.
   *
   * @param since70 whether the source has the commands of Redis 7.0
   */
  static String source(boolean since70) {
    return since70 ? SOURCE + SINCE_7_0 : SOURCE;
  }

  /** The rules for a target. */
  static String target() {
    return TARGET;
  }

  private static String command(String user, String rules) {
    // Applications may log in as "default": it must not lose a right.
    String own = user.equals("default") ? NEW_USER : user;
    return "ACL SETUSER " + own + " on >PASSWORD " + rules;
  }
}
