package io.cachesync.agent.precheck;

import io.cachesync.agent.resp.RespValue;

/** What an error reply says about a command that was only tried. */
final class Reply {
  private Reply() {}

  /** The user has no right to the command, or to the key. */
  static boolean isForbidden(RespValue reply) {
    return reply.errorPrefix().equals("NOPERM");
  }

  /** The server does not have the command: too old, renamed, or disabled. */
  static boolean isUnknownCommand(RespValue reply) {
    return reply.isError() && reply.text().startsWith("ERR unknown command");
  }

  static boolean isQueued(RespValue reply) {
    return reply.text().equals("QUEUED");
  }

  /** The server accepts no write now, whatever the user's rights. */
  static boolean refusesWrites(RespValue reply) {
    return switch (reply.errorPrefix()) {
      case "READONLY", "OOM", "MISCONF", "NOREPLICAS", "LOADING", "MASTERDOWN", "BUSY" -> true;
      default -> false;
    };
  }
}
