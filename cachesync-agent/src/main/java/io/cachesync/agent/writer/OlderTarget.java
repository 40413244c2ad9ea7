package io.cachesync.agent.writer;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultException;

/** A command cannot be sent to a target of this version. */
final class OlderTarget extends FaultException {
  private static final long serialVersionUID = 1L;

  /** What that means for the data. */
  enum Kind {
    /** The target can hold what the command writes: that may be fetched instead. */
    NO_WORDS,
    /** It cannot; what of the command it can do has been put into the batch. */
    NO_PLACE,
    /** The text of a script, which runs otherwise there. */
    SCRIPT_TEXT
  }

  private final Kind kind;
  private final String why;

  /**
   * @param why without the command, in words
   */
  OlderTarget(Kind kind, String why, Fault fault) {
    super(fault);
    this.kind = kind;
    this.why = why;
  }

  String why() {
    return why;
  }

  Kind kind() {
    return kind;
  }

  /** It tells of the stream and not of a place in the code, and may come often. */
  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
