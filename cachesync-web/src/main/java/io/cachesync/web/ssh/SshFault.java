package io.cachesync.web.ssh;

import java.util.List;

/**
 * What went wrong with a machine over SSH, in a form that a page can say in the reader's language.
 */
public final class SshFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why; the page shows the sentence {@code ssh.fault.<code>}. */
  public enum Code {
    /** The host's name does not resolve. */
    ADDRESS_UNKNOWN,
    /** Nothing answers at the address within the time limit. */
    UNREACHABLE,
    /** The host answers that nothing listens on the port. */
    REFUSED,
    /** Something listens that does not speak SSH. */
    NOT_SSH,
    /** The login was refused. */
    AUTH_FAILED,
    /** The private key cannot be read, or its passphrase is wrong. */
    KEY_UNREADABLE,
    /** No person has confirmed the host's key yet. */
    HOST_KEY_UNKNOWN,
    /** The host shows another key than the confirmed one. */
    HOST_KEY_CHANGED,
    /** The machine's disk is full. */
    DISK_FULL,
    /** The user may not do this on the machine. */
    NO_PERMISSION,
    /** The connection broke while it was used. */
    DROPPED,
    /** No answer within the time limit. */
    TIMEOUT,
    /** A command ended with an exit code other than 0. */
    COMMAND_FAILED,
    /** A file could not be written or read. */
    FILE_FAILED,
    /** The machine's SSH server does not open the port forward. */
    FORWARD_REFUSED,
    /** The machine's SSH server takes commands, but no files. */
    NO_SFTP,
    /** The machine's SSH server opens no further channel, on no connection that can be had. */
    NO_CHANNEL
  }

  private final Code code;
  private final transient List<String> arguments;

  /**
   * @param message for the log; never a secret
   * @param arguments of the sentence for the page, the address first
   */
  public SshFault(Code code, String message, Throwable cause, String... arguments) {
    super(message, cause);
    this.code = code;
    this.arguments = List.of(arguments);
  }

  public Code code() {
    return code;
  }

  /** Key of the sentence for the page. */
  public String messageKey() {
    return "ssh.fault." + code;
  }

  /** Arguments of the sentence: the address first, then what the code needs. Never a secret. */
  public List<String> arguments() {
    return arguments == null ? List.of() : arguments;
  }

  /** Whether the machine as a whole does not answer, rather than refusing one thing. */
  public boolean machineAway() {
    return switch (code) {
      case ADDRESS_UNKNOWN, UNREACHABLE, REFUSED, DROPPED, TIMEOUT -> true;
      default -> false;
    };
  }
}
