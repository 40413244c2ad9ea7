package io.cachesync.agent.redis;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;

/** The one place where the first word of an error reply becomes a {@link FaultCode}. */
public final class ReplyFault {
  /** What EXEC answers up to 6.0 where the server is a slave, or replica, by then (multi.c). */
  private static final String REPLICA_BY_NOW =
      "ERR Transaction contains write commands but instance is now a read-only ";

  private ReplyFault() {}

  /**
   * @param server who answered, for the message
   * @param errorPrefix first word of the reply
   * @param error the reply's text without the leading minus; must not echo a secret
   */
  public static Fault of(String server, String errorPrefix, String error) {
    // Without the full stop that some end with: it is quoted inside of sentences.
    String message = server + " answered: " + error.replaceFirst("\\.$", "");
    String cause = cause(errorPrefix, error);
    FaultCode code = isTooLong(error) ? FaultCode.VALUE_TOO_LARGE : code(cause);
    return new Fault(code, message, isRetryable(cause));
  }

  /** Whether a target took no write as it cannot save itself. */
  public static boolean isOfSaving(Fault fault) {
    return fault.code() == FaultCode.TARGET_REFUSED && fault.message().contains("MISCONF");
  }

  /**
   * Whether a server has closed the connection with this error, as it took what we sent for no
   * command.
   */
  public static boolean isOfProtocol(String error) {
    return error.startsWith("ERR Protocol error");
  }

  /** Of a command (networking.c), or of the string that it would make (t_string.c). */
  private static boolean isTooLong(String error) {
    return error.startsWith("ERR Protocol error: invalid bulk length")
        || error.startsWith("ERR Protocol error: invalid multibulk length")
        || error.contains("string exceeds maximum allowed size");
  }

  /** The first word, or the one that says more. */
  private static String cause(String errorPrefix, String error) {
    if (errorPrefix.equals("EXECABORT")) {
      return causeOfAbort(error);
    }
    return error.startsWith(REPLICA_BY_NOW) ? "READONLY" : errorPrefix;
  }

  /**
   * The first word of {@code EXECABORT Transaction discarded because of: OOM …} (6.2 and later).
   */
  private static String causeOfAbort(String error) {
    int colon = error.indexOf(": ");
    return colon < 0 ? "EXECABORT" : error.substring(colon + 2).split(" ", 2)[0];
  }

  /**
   * Whether an error of a command that was executed tells of what its keys held, and not of the
   * server's state or of our rights.
   */
  public static boolean isAboutData(String errorPrefix) {
    return switch (errorPrefix) {
      case "OOM",
          "MISCONF",
          "READONLY",
          "NOREPLICAS",
          "NOAUTH",
          "NOPERM",
          "WRONGPASS",
          "LOADING",
          "MASTERDOWN",
          "NOMASTERLINK",
          "BUSY",
          "CLUSTERDOWN",
          "TRYAGAIN",
          "MOVED",
          "ASK",
          "CROSSSLOT",
          "EXECABORT",
          "UNBLOCKED" ->
          false;
      default -> true;
    };
  }

  private static FaultCode code(String prefix) {
    return switch (prefix) {
      case "NOAUTH" -> FaultCode.AUTH_REQUIRED;
      case "WRONGPASS" -> FaultCode.AUTH_FAILED;
      case "NOPERM" -> FaultCode.NO_PERMISSION;
      case "LOADING" -> FaultCode.LOADING;
      case "MASTERDOWN", "NOMASTERLINK" -> FaultCode.MASTER_DOWN;
      case "READONLY" -> FaultCode.TARGET_READ_ONLY;
      case "OOM" -> FaultCode.TARGET_OUT_OF_MEMORY;
      case "WRONGTYPE" -> FaultCode.WRONG_TYPE;
      case "CLUSTERDOWN", "TRYAGAIN", "MOVED", "ASK" -> FaultCode.CLUSTER_DOWN;
      case "CROSSSLOT" -> FaultCode.NOT_STANDALONE;
      default -> FaultCode.TARGET_REFUSED;
    };
  }

  private static boolean isRetryable(String prefix) {
    return switch (prefix) {
      case "LOADING",
          "MASTERDOWN",
          "NOMASTERLINK",
          "CLUSTERDOWN",
          "TRYAGAIN",
          "MOVED",
          "ASK",
          "BUSY",
          "NOREPLICAS" ->
          true;
      default -> false;
    };
  }
}
