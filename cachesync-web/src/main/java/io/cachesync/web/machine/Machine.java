package io.cachesync.web.machine;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * A migration host. Its login's secret is not here.
 *
 * @param tags comma-separated
 * @param capacity jobs that it may run at a time
 * @param baseDir base directory as it was typed, {@code $HOME/…} or absolute
 * @param hostKey confirmed host key, or null
 * @param faultCode why it cannot be used right now, or null: a code of {@link
 *     io.cachesync.web.ssh.SshFault}
 * @param faultArguments arguments of the fault's sentence, one a line
 * @param seenAt when it last answered, or null
 * @param cpuCount 0 while unknown
 * @param memoryBytes 0 while unknown
 * @param javaPath the Java that runs agents, or null
 * @param basePath base directory as it is on the machine, or null before the first test
 * @param agentSha256 the agent that is installed, or null
 * @param forwardPort port on the machine that leads to the console, 0 for none
 */
public record Machine(
    Long id,
    String name,
    String host,
    int port,
    String loginUser,
    LoginKind loginKind,
    String tags,
    int capacity,
    String baseDir,
    String hostKey,
    MachineState state,
    String faultCode,
    String faultArguments,
    Instant faultAt,
    Instant seenAt,
    String os,
    int cpuCount,
    long memoryBytes,
    String javaPath,
    String javaVersion,
    String basePath,
    String agentSha256,
    ReportRoute reportRoute,
    int forwardPort,
    Instant createdAt) {

  /** Host and port as people write them. */
  public String address() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  public List<String> tagList() {
    return Arrays.stream(tags.split(",")).map(String::strip).filter(tag -> !tag.isEmpty()).toList();
  }

  /** Whether a new job may be given to it. */
  public boolean usable() {
    return state == MachineState.READY && faultCode == null;
  }

  /** Whether its host key is another than the confirmed one: then nothing is done there. */
  public boolean blocked() {
    return "HOST_KEY_CHANGED".equals(faultCode);
  }

  /** Why it cannot be used, for the page, or null. */
  public Sentence fault() {
    return faultCode == null ? null : new Sentence("ssh.fault." + faultCode, faultArguments);
  }

  /**
   * This row as the new form of {@code before}.
   *
   * @param moved whether it is another host now
   * @param otherBase whether its base directory is another now, so that no agent lies there
   */
  Machine edited(Machine before, boolean moved, boolean otherBase) {
    MachineState kept = before.state;
    if (otherBase && kept == MachineState.READY) {
      kept = MachineState.NEW;
    }
    return new Machine(
        before.id,
        name,
        host,
        port,
        loginUser,
        loginKind,
        tags,
        capacity,
        baseDir,
        moved ? null : before.hostKey,
        kept,
        before.faultCode,
        before.faultArguments,
        before.faultAt,
        before.seenAt,
        before.os,
        before.cpuCount,
        before.memoryBytes,
        before.javaPath,
        before.javaVersion,
        otherBase ? null : before.basePath,
        otherBase ? null : before.agentSha256,
        before.reportRoute,
        before.forwardPort,
        before.createdAt);
  }
}
