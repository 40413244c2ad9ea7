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

  /** What is asked of each node of a cluster. */
  private static final String SOURCE_CLUSTER = " +cluster|nodes +cluster|info";

  private static final String TARGET_CLUSTER = SOURCE_CLUSTER + " +cluster|getkeysinslot";

  private SmallestRights() {}

  /** A command that a person completes with the password. */
  static String sourceCommand(Server server) {
    boolean since70 = server.version().atLeast(7, 0);
    boolean cluster = server.mode().equals("cluster");
    return command(server.user(), cluster ? sourceCluster(since70) : source(since70));
  }

  /** A command that a person completes with the password. */
  static String targetCommand(Server server) {
    boolean cluster = server.mode().equals("cluster");
    return command(server.user(), cluster ? targetCluster() : target());
  }

  /**
   * The rules for a source.
   *
   * @param since70 whether the source has the commands of Redis 7.0
   */
  static String source(boolean since70) {
    return since70 ? SOURCE + SINCE_7_0 : SOURCE;
  }

  /** The rules at each node of a source that is a cluster. */
  static String sourceCluster(boolean since70) {
    return source(since70) + SOURCE_CLUSTER;
  }

  /** The rules for a target. */
  static String target() {
    return TARGET;
  }

  /** The rules at each node of a target that is a cluster. */
  static String targetCluster() {
    return TARGET + TARGET_CLUSTER;
  }

  private static String command(String user, String rules) {
    // Applications may log in as "default": it must not lose a right.
    String own = user.equals("default") ? NEW_USER : user;
    return "ACL SETUSER " + own + " on >PASSWORD " + rules;
  }
}
