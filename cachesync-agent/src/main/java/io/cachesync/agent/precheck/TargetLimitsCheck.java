package io.cachesync.agent.precheck;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The target takes values and commands as large as the source does. A larger argument stops the
 * link; what does not fit into the query buffer makes the target close the connection
 * (networking.c, processMultibulkBuffer).
 */
final class TargetLimitsCheck implements Check {
  /** What a server takes that has no such settings, and by default. */
  private static final long USUAL_BYTES = 512L << 20;

  @Override
  public PrecheckCode code() {
    return PrecheckCode.TARGET_LIMITS;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    long most = 0;
    boolean manyArguments = false;
    for (Server source : ends.source().masters()) {
      most = Math.max(most, limit(source).orElse(USUAL_BYTES));
      manyArguments |= takesManyArguments(source);
    }
    long largest = most;
    boolean many = manyArguments;
    return EachMaster.of(ends.target(), target -> measure(target, largest, many));
  }

  private Finding measure(Server target, long source, boolean many) throws IOException {
    Optional<Long> told = limit(target);
    long limit = told.orElse(USUAL_BYTES);
    Finding finding;
    if (told.isEmpty()) {
      finding = Finding.warning(code(), "unreadable");
    } else if (limit < source) {
      finding = Finding.warning(code(), "small").command(raise(target, source));
    } else {
      finding =
          Finding.pass(code()).variant(many && !takesManyArguments(target) ? "arguments" : "");
    }
    return finding
        .weight(source - limit)
        .with("user", target.user())
        .with("limit", Amount.bytes(limit))
        .with("source", Amount.bytes(source));
  }

  /** Bytes of the largest argument; a larger one does not fit into the query buffer either. */
  private static Optional<Long> limit(Server server) throws IOException {
    Optional<Long> bulk = number(server, "proto-max-bulk-len");
    if (bulk.isEmpty()) {
      // A server that answers, and has no such setting, takes what is usual.
      boolean unknown = !server.version().atLeast(4, 0) || server.tellsSettings();
      return unknown ? Optional.of(USUAL_BYTES) : Optional.empty();
    }
    return Optional.of(
        Math.min(bulk.get(), number(server, "client-query-buffer-limit").orElse(Long.MAX_VALUE)));
  }

  private static String raise(Server target, long bytes) throws IOException {
    boolean bulk = number(target, "proto-max-bulk-len").orElse(0L) < bytes;
    return "CONFIG SET " + (bulk ? "proto-max-bulk-len " : "client-query-buffer-limit ") + bytes;
  }

  private static Optional<Long> number(Server server, String name) throws IOException {
    return server.config(name).map(Long::parseLong);
  }

  /** Up to 6.2 a command has at most 1,048,576 arguments. */
  private static boolean takesManyArguments(Server server) {
    return server.version().atLeast(7, 0);
  }
}
