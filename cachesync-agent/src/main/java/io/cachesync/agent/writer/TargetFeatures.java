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
 * @param imports whether no key ends by its time for our connections (import-mode of Valkey)
 * @param bounds how long a command may be
 * @param modules which values of modules it is sent
 * @param removesDestination whether nothing found in a key that is not there removes the
 *     destination of GEORADIUS and its like
 */
record TargetFeatures(
    int level,
    int rdbVersion,
    String version,
    long absoluteGraceMillis,
    long relativeGraceMillis,
    boolean imports,
    TargetBounds bounds,
    ModuleValues modules,
    boolean removesDestination) {

  /** 6.2.6 (redis/redis#9271), tried from here on. */
  private static final ServerVersion REMOVES_DESTINATION = new ServerVersion(6, 2, 7);

  /** Of a server that takes commands of any length, and was not asked for its modules. */
  TargetFeatures(
      int level,
      int rdbVersion,
      String version,
      long absoluteGraceMillis,
      long relativeGraceMillis,
      boolean imports) {
    this(
        level,
        rdbVersion,
        version,
        absoluteGraceMillis,
        relativeGraceMillis,
        imports,
        TargetBounds.NONE,
        ModuleValues.of(level),
        level >= 700);
  }

  /** Of a server whose clock ends keys for our connections too. */
  static TargetFeatures of(ServerInfo info, long graceMillis, ModuleValues modules) {
    return of(info, graceMillis, graceMillis, false, TargetBounds.NONE, modules);
  }

  static TargetFeatures of(
      ServerInfo info,
      long absoluteGraceMillis,
      long relativeGraceMillis,
      boolean imports,
      TargetBounds bounds,
      ModuleValues modules) {
    return new TargetFeatures(
        info.commandLevel(),
        info.rdbVersion(),
        info.product() + " " + info.version(),
        absoluteGraceMillis,
        relativeGraceMillis,
        imports,
        bounds,
        modules,
        info.version().compareTo(REMOVES_DESTINATION) >= 0);
  }

  /** From 5.0 on the members of sets come in another order, and sources run scripts themselves. */
  boolean runsScriptTexts() {
    return !atLeast(500);
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
    return sent(add(millis, absoluteGraceMillis));
  }

  /** A time counted from when the bytes were received, as it is sent. */
  long relative(long receivedMillis, long millis) {
    return sent(add(add(receivedMillis, millis), relativeGraceMillis));
  }

  /** In import-mode a time before 1970 is kept, and later crashes the server (valkey 2944). */
  private long sent(long millis) {
    return imports ? Math.max(1, millis) : millis;
  }

  private static long add(long time, long more) {
    return time > 0 && more > 0 && time > Long.MAX_VALUE - more ? time : time + more;
  }
}
