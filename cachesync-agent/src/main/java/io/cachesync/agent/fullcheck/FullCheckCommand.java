package io.cachesync.agent.fullcheck;

import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.FullCheckObstacle;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The command line of redis-full-check.
 *
 * <p>It takes passwords as arguments only, so they stand in the machine's process list while it
 * runs. They are put there by the shell that starts it, which has them in its environment and
 * nowhere else; it ends the program when whoever started it goes away.
 */
final class FullCheckCommand {
  /** What its databases are called, {@code .1} for the first round. */
  static final String RESULT = "result.db";

  static final String SOURCE_LOGIN = "CACHESYNC_SOURCE_LOGIN";
  static final String TARGET_LOGIN = "CACHESYNC_TARGET_LOGIN";

  /** So many are the most that it takes: no limit. */
  private static final int QPS_MAX = 5_000_000;

  private static final int PARALLEL_MAX = 100;

  /** The standard input stays open for as long as the agent lives. */
  private static final String SCRIPT =
      """
      exec 3<&0
      s=$CACHESYNC_SOURCE_LOGIN t=$CACHESYNC_TARGET_LOGIN
      unset CACHESYNC_SOURCE_LOGIN CACHESYNC_TARGET_LOGIN
      [ -z "$t" ] || set -- "$@" -a "$t"
      [ -z "$s" ] || set -- "$@" -p "$s"
      "$@" </dev/null 3<&- &
      child=$!
      { cat <&3 >/dev/null; kill "$child" 2>/dev/null; } >/dev/null 2>&1 &
      wait "$child"
      """;

  private FullCheckCommand() {}

  /** What is executed: a shell that executes it. */
  static List<String> of(CheckSpec spec) {
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT, "redis-full-check"));
    command.add(spec.program());
    side(command, "-s", "--sourcedbtype", spec.source());
    side(command, "-t", "--targetdbtype", spec.target());
    command.addAll(
        List.of(
            "-m",
            String.valueOf(mode(spec.mode())),
            "--comparetimes=" + spec.rounds(),
            "--interval=" + (spec.pauseMillis() + 999) / 1000,
            "--parallel=" + Math.min(spec.parallel(), PARALLEL_MAX),
            "--bigkeythreshold=" + spec.bigKeyElements(),
            "--qps=" + qps(spec),
            "-d",
            RESULT));
    if (!spec.filter().databases().isEmpty()) {
      String databases =
          spec.filter().databases().stream().map(String::valueOf).collect(Collectors.joining(";"));
      command.add("--sourcedbfilterlist=" + databases);
      command.add("--targetdbfilterlist=" + databases);
    }
    if (!spec.filter().includeKeys().isEmpty()) {
      command.add("-f");
      command.add(String.join("|", spec.filter().includeKeys()));
    }
    return command;
  }

  /** What the shell has in its environment. */
  static Map<String, String> logins(CheckSpec spec, String source, String target) {
    return Map.of(
        SOURCE_LOGIN, login(spec.source(), source), TARGET_LOGIN, login(spec.target(), target));
  }

  private static void side(List<String> command, String option, String kind, RedisEndpoint end) {
    boolean cluster = end.topology() == Topology.CLUSTER;
    command.add(option);
    command.add(cluster ? "master@" + String.join(";", end.addresses()) : end.addresses().get(0));
    command.add(kind + "=" + (cluster ? 1 : 0));
  }

  private static int mode(CheckMode mode) {
    return switch (mode) {
      case FULL, UNKNOWN -> 1;
      case LENGTH -> 2;
      case OUTLINE -> 3;
      case SMART -> 4;
    };
  }

  private static long qps(CheckSpec spec) {
    long least =
        Math.min(
            limit(spec.sourceLimits().commandsPerSecond()),
            limit(spec.targetLimits().commandsPerSecond()));
    return Math.min(least, QPS_MAX);
  }

  private static long limit(long commandsPerSecond) {
    return commandsPerSecond == 0 ? QPS_MAX : commandsPerSecond;
  }

  /** {@link FullCheckObstacle} has seen to it that this can be taken apart again. */
  private static String login(RedisEndpoint end, String password) {
    return end.user().isEmpty() || password.isEmpty() ? password : end.user() + ":" + password;
  }
}
