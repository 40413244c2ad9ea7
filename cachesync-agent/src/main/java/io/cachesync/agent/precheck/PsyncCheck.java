package io.cachesync.agent.precheck;

import io.cachesync.agent.redis.ServerVersion;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The user may replicate from the source, and fetch single keys again. Found out without a full
 * sync: a PSYNC that is accepted makes the source fork, so only requests are sent that no version
 * accepts.
 */
final class PsyncCheck implements Check {
  @Override
  public PrecheckCode code() {
    return PrecheckCode.PSYNC_PERMITTED;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    String name = ends.sync().keyPrefix() + "precheck";
    return EachMaster.of(
        ends.source(), master -> measure(master, ends.source().keyAt(master, name)));
  }

  private Finding measure(Server source, String key) throws IOException {
    Optional<Finding> replconf =
        refused(source, "REPLCONF", source.call("REPLCONF", "listening-port", "0"));
    if (replconf.isPresent()) {
      return replconf.get();
    }
    Optional<Finding> psync = tryPsync(source);
    if (psync.isPresent()) {
      return psync.get();
    }
    Set<String> lacking = tryFetch(source, key);
    if (!lacking.isEmpty()) {
      return Finding.warning(code(), "refetch")
          .with("user", source.user())
          .with("commands", String.join(", ", lacking))
          .command(SmallestRights.sourceCommand(source));
    }
    return Finding.pass(code()).with("user", source.user());
  }

  /** What a key is fetched with again, queued in a transaction that is discarded. */
  private static Set<String> tryFetch(Server source, String key) throws IOException {
    String time = source.version().atLeast(7, 0) ? "PEXPIRETIME" : "PTTL";
    List<String[]> lines = new ArrayList<>();
    lines.add(new String[] {"MULTI"});
    lines.add(new String[] {"SELECT", "0"});
    lines.add(new String[] {time, key});
    lines.add(new String[] {"DUMP", key});
    if (source.version().atLeast(4, 0)) {
      lines.add(new String[] {"MEMORY", "USAGE", key});
    }
    lines.add(new String[] {"TIME"});
    lines.add(new String[] {"DISCARD"});
    List<RespValue> replies = source.pipeline(lines);
    Set<String> lacking = new TreeSet<>();
    for (int i = 0; i < lines.size(); i++) {
      if (Reply.isForbidden(replies.get(i)) || Reply.isUnknownCommand(replies.get(i))) {
        lacking.add(lines.get(i)[0]);
      }
    }
    // EXEC cannot be queued: here it carries nothing out.
    List<RespValue> nothing =
        source.pipeline(List.of(new String[] {"MULTI"}, new String[] {"EXEC"}));
    if (!nothing.get(0).isError() && nothing.get(1).isError()) {
      source.call("DISCARD");
      lacking.add("EXEC");
    }
    return lacking;
  }

  private Optional<Finding> tryPsync(Server source) throws IOException {
    ServerVersion version = source.version();
    if (version.atLeast(6, 2)) {
      // Rights are looked at before arguments; an offset that is no number is refused
      // (replication.c, syncCommand). Below 6.2 the same line would start a full sync.
      return refused(source, "PSYNC", source.call("PSYNC", "?", "x"));
    }
    if (!version.atLeast(6, 0)) {
      // No rights to look at; too few arguments are refused after the name was found.
      return refused(source, "PSYNC", source.call("PSYNC"));
    }
    // 6.0 looks at rights when a command is queued, and nothing that is queued is carried out.
    if (source.call("MULTI").isError()) {
      return Optional.of(
          Finding.warning(code(), "unproven")
              .with("user", source.user())
              .command(SmallestRights.sourceCommand(source)));
    }
    Optional<Finding> refused = refused(source, "PSYNC", source.call("PSYNC", "?", "-1"));
    source.call("DISCARD");
    return refused;
  }

  private Optional<Finding> refused(Server source, String command, RespValue reply) {
    if (Reply.isForbidden(reply)) {
      return Optional.of(
          Finding.block(code(), "forbidden")
              .with("user", source.user())
              .with("commandName", command)
              .with("error", reply.text())
              .command(SmallestRights.sourceCommand(source)));
    }
    if (Reply.isUnknownCommand(reply)) {
      return Optional.of(Finding.block(code(), "renamed").with("commandName", command));
    }
    return Optional.empty();
  }
}
