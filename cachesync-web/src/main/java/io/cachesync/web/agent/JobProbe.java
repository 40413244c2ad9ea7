package io.cachesync.web.agent;

/**
 * What a machine says about a job's process.
 *
 * @param exitCode the agent's exit code where {@link State#DEAD} and known, otherwise -1
 * @param busy processor time that a running process has used, in ticks; {@link #UNKNOWN} otherwise
 * @param reason one English sentence for the log
 */
public record JobProbe(State state, int exitCode, long busy, String reason) {
  public static final long UNKNOWN = -1;

  public JobProbe(State state, int exitCode, String reason) {
    this(state, exitCode, UNKNOWN, reason);
  }

  /** Whether the process lives. */
  public enum State {
    /** The process of this incarnation runs, or is just being started. */
    RUNNING,
    /** No such process, a zombie, or another start time than the recorded one. */
    DEAD,
    /** The machine did not answer: nothing is known. */
    UNREACHABLE,
    /** The machine is there but could not be asked (login refused, other host key …). */
    NOT_ASKED
  }

  static JobProbe running(long busy) {
    return new JobProbe(State.RUNNING, -1, busy, "the process runs");
  }

  static JobProbe dead(int exitCode, String reason) {
    return new JobProbe(State.DEAD, exitCode, reason);
  }

  static JobProbe unreachable(String reason) {
    return new JobProbe(State.UNREACHABLE, -1, reason);
  }

  static JobProbe notAsked(String reason) {
    return new JobProbe(State.NOT_ASKED, -1, reason);
  }
}
