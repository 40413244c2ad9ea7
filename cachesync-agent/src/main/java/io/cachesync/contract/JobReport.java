package io.cachesync.contract;

import java.util.List;

/**
 * What an agent tells the console, once a second and at every change of phase. Delivered at least
 * once; the console applies each {@code seq} of an incarnation once.
 *
 * @param epoch the target's counter of writers, -1 until taken
 * @param phase the phase of the least advanced link
 * @param fault why the job is RETRYING or FAILED, otherwise null
 * @param agent resources of the agent's process, or null
 * @param check how far the check has come, of a job that checks, or repairs and then checks;
 *     otherwise null
 * @param repair how far the repair has come, of a job that repairs; otherwise null
 * @param continuous what the continuous check has found, of a job that syncs and checks; otherwise
 *     null
 */
public record JobReport(
    String jobId,
    long incarnation,
    long seq,
    long atMillis,
    long epoch,
    Phase phase,
    Fault fault,
    List<LinkStatus> links,
    List<LogLine> log,
    AgentUsage agent,
    CheckReport check,
    RepairReport repair,
    ContinuousReport continuous) {
  public JobReport {
    links = links == null ? List.of() : List.copyOf(links);
    log = log == null ? List.of() : List.copyOf(log);
  }

  /** Of a job that repairs. */
  public JobReport(
      String jobId,
      long incarnation,
      long seq,
      long atMillis,
      long epoch,
      Phase phase,
      Fault fault,
      List<LinkStatus> links,
      List<LogLine> log,
      AgentUsage agent,
      CheckReport check,
      RepairReport repair) {
    this(
        jobId,
        incarnation,
        seq,
        atMillis,
        epoch,
        phase,
        fault,
        links,
        log,
        agent,
        check,
        repair,
        null);
  }

  /** Of a job that checks. */
  public JobReport(
      String jobId,
      long incarnation,
      long seq,
      long atMillis,
      long epoch,
      Phase phase,
      Fault fault,
      List<LinkStatus> links,
      List<LogLine> log,
      AgentUsage agent,
      CheckReport check) {
    this(jobId, incarnation, seq, atMillis, epoch, phase, fault, links, log, agent, check, null);
  }

  /** Of a job that syncs. */
  public JobReport(
      String jobId,
      long incarnation,
      long seq,
      long atMillis,
      long epoch,
      Phase phase,
      Fault fault,
      List<LinkStatus> links,
      List<LogLine> log,
      AgentUsage agent) {
    this(jobId, incarnation, seq, atMillis, epoch, phase, fault, links, log, agent, null, null);
  }
}
