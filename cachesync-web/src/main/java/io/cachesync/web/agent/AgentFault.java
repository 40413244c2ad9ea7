package io.cachesync.web.agent;

/** The machine was reached and what was asked of its agent cannot be done. */
public final class AgentFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why not; the page shows the sentence {@code agent.fault.<code>}. */
  public enum Code {
    /** No agent of this console's version is installed on the machine. */
    NOT_INSTALLED,
    /** The machine has no Java 17 or later. */
    NO_JAVA,
    /** The machine is disabled, unknown or not yet confirmed. */
    MACHINE_NOT_READY,
    /** No such job. */
    UNKNOWN_JOB,
    /** The job still runs. */
    JOB_RUNS,
    /** The process ended as soon as it was started. */
    DIED_AT_START,
    /** The process could not be ended. */
    NOT_KILLED,
    /** The jar that arrived is not the one that was sent. */
    HASH_MISMATCH
  }

  private final Code code;

  public AgentFault(Code code, String message) {
    super(message);
    this.code = code;
  }

  public Code code() {
    return code;
  }

  /** Key of the sentence for the page; its one argument is {@link #getMessage()}. */
  public String messageKey() {
    return "agent.fault." + code;
  }
}
