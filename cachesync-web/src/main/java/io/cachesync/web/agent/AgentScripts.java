package io.cachesync.web.agent;

import io.cachesync.web.ssh.RemoteScript;
import java.time.Duration;
import java.util.List;

/** The scripts that start, ask and end agents, and their parameters. */
final class AgentScripts {
  static final Duration LIMIT = Duration.ofSeconds(30);
  static final Duration PROBE_LIMIT = Duration.ofSeconds(8);

  /** Exit code of {@link #LAUNCH}: the process ended as soon as it was started. */
  static final int DIED = 4;

  static final RemoteScript LAUNCH = RemoteScript.load("agent-launch", "agent-keeper");
  static final RemoteScript PROBE = RemoteScript.load("agent-probe", "agent-find");
  static final RemoteScript KILL = RemoteScript.load("agent-kill", "agent-find");
  static final RemoteScript TAIL = RemoteScript.load("agent-tail");
  static final RemoteScript CLEAR = RemoteScript.load("agent-clear");

  /** How {@link #LAUNCH} says that logind may end the agent with the login. */
  static final String ENDANGERED = "endangered";

  private AgentScripts() {}

  /** Which process is meant: parameters of {@link #PROBE} and {@link #KILL}. */
  static List<String> process(Job job) {
    return process(job.directory(), job.incarnation(), job.pid(), job.startTicks(), job.bootId());
  }

  static List<String> process(JobLeftover left) {
    return process(
        left.directory(), left.incarnation(), left.pid(), left.startTicks(), left.bootId());
  }

  /** The base directory that a job directory lies in. */
  static String baseOf(String directory) {
    return directory.substring(0, directory.lastIndexOf("/jobs/"));
  }

  private static List<String> process(
      String directory, long incarnation, long pid, long startTicks, String bootId) {
    return List.of(
        directory,
        Long.toString(incarnation),
        Long.toString(pid),
        Long.toString(startTicks),
        bootId);
  }
}
