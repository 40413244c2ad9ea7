package io.cachesync.agent.cli;

import io.cachesync.contract.FaultCode;
import io.cachesync.contract.PrecheckFinding;
import picocli.CommandLine.Model.CommandSpec;

/**
 * What to do about a fault or a finding, in the words of the command line: which option, where the
 * console's own advice says which field.
 */
final class Advice {
  private static final String AFRESH =
      "With --afresh it begins anew with a full sync: into a target that is empty then or, from one"
          + " source, over what is there, with --on-exists replace.";
  private static final String SAME = "Then run the same command: it goes on from its checkpoint.";
  private static final String REPORT = "Please report it, with the log.";

  /** Where it is not known which of the two is meant. */
  private static final String EITHER = "";

  private Advice() {}

  /** A sentence or two; empty where the fault says it itself. */
  static String of(FaultCode code) {
    return of(code, EITHER);
  }

  /** As above, by the options that a verb has. */
  static String of(FaultCode code, CommandSpec verb) {
    if (code == FaultCode.DISK_FULL && verb.findOption("--relay-max-mb") == null) {
      return "Free space there, or name files on another disk.";
    }
    if (code == FaultCode.TARGET_TASK_CONFLICT && verb.findOption("--undo-file") != null) {
      return "Where that task runs on this host, its sync does the repair: --task NAME, or"
          + " --work-dir DIR where it was given one. Where it is over, end it: cachesync-agent"
          + " finish --task NAME --target (the same one).";
    }
    boolean hasSource = verb.findOption("--source-ca") != null;
    boolean hasTarget = verb.findOption("--target-ca") != null;
    return of(code, hasSource && hasTarget ? EITHER : hasSource ? "source" : "target");
  }

  /** Ends in an advice of its own where one is known, otherwise in the one that all get. */
  static String of(PrecheckFinding finding) {
    String key = finding.code() + "." + finding.severity() + "." + finding.variant();
    return switch (key) {
      case "SOURCE_REACHABLE.BLOCK." -> reach(faultCode(finding), "source");
      case "TARGET_REACHABLE.BLOCK." -> reach(faultCode(finding), "target");
      case "SOURCE_REACHABLE.BLOCK.master", "SOURCE_REACHABLE.WARNING.node" ->
          node("source", finding);
      case "TARGET_REACHABLE.BLOCK.master", "TARGET_REACHABLE.WARNING.node" ->
          node("target", finding);
      case "TOPOLOGY.BLOCK.source.cluster", "TOPOLOGY.BLOCK.target.cluster" ->
          of(FaultCode.NOT_STANDALONE);
      case "TOPOLOGY.BLOCK.source.single", "TOPOLOGY.BLOCK.target.single" ->
          of(FaultCode.NOT_A_CLUSTER);
      case "TOPOLOGY.BLOCK.source.other", "TOPOLOGY.BLOCK.target.other" ->
          "Give the address of the server that holds the data; sentinels are written"
              + " redis-sentinel://host:port/?master=NAME.";
      case "TARGET_EMPTY.BLOCK.refuse" -> of(FaultCode.TARGET_NOT_EMPTY);
      case "TARGET_EMPTY.BLOCK.shards" ->
          "Empty the target or choose another one; or let one process copy all shards: without"
              + " --slots it takes --on-exists replace, skip or fail.";
      case "TARGET_EVICTION_POLICY.WARNING.evicts" -> of(FaultCode.TARGET_EVICTS);
      case "OTHER_TASK.BLOCK.claim" ->
          "Where that task is over, end it: cachesync-agent finish --task "
              + finding.values().getOrDefault("task", "NAME")
              + " --target (the same one). Otherwise choose other databases (--include-db,"
              + " --db-map) or another target.";
      case "SOURCE_COMMANDS.WARNING.several",
          "SOURCE_COMMANDS.WARNING.others",
          "SOURCE_COMMANDS.WARNING.beyond" ->
          finding.remedy() + " The option for that is --exclude-command NAME.";
      case "AGENT_DISK.WARNING.short", "AGENT_DISK.BLOCK.full" ->
          "Free space there, or put the relay log on another disk: --work-dir DIR.";
      case "VERSIONS.BLOCK.streams",
          "VERSIONS.BLOCK.fields",
          "VERSIONS.BLOCK.functions",
          "VERSIONS.WARNING.maybeStreams" ->
          finding.remedy() + " The option for that is --on-unsupported skip.";
      case "DATABASES.WARNING.nothing",
          "DATABASES.WARNING.cluster",
          "DATABASES.BLOCK.missing",
          "DATABASES.BLOCK.cluster" ->
          finding.remedy()
              + " Databases are chosen with --include-db, and moved to others with"
              + " --db-map FROM:TO.";
      case "PSYNC_PERMITTED.BLOCK.forbidden", "PSYNC_PERMITTED.WARNING.refetch" ->
          login(finding, "source");
      case "TARGET_RIGHTS.BLOCK.forbidden",
          "TARGET_RIGHTS.BLOCK.used",
          "DATABASES.BLOCK.forbidden" ->
          login(finding, "target");
      default -> finding.remedy();
    };
  }

  private static String option(String end, String name) {
    return end.equals(EITHER)
        ? "--source-" + name + " or --target-" + name
        : "--" + end + '-' + name;
  }

  /** What a finding that blocks would be as a fault of a task that began all the same. */
  static FaultCode faultCode(PrecheckFinding finding) {
    return switch (finding.code()) {
      case SOURCE_REACHABLE, TARGET_REACHABLE -> told(finding);
      case SOURCE_IS_NOT_TARGET -> FaultCode.SOURCE_IS_TARGET;
      case PSYNC_PERMITTED -> FaultCode.PSYNC_FORBIDDEN;
      case TARGET_RIGHTS -> refusing(finding);
      case ROLES ->
          finding.variant().equals("target") ? FaultCode.TARGET_READ_ONLY : FaultCode.MASTER_DOWN;
      case TOPOLOGY ->
          finding.variant().endsWith(".single")
              ? FaultCode.NOT_A_CLUSTER
              : FaultCode.NOT_STANDALONE;
      case CLUSTER_STATE -> FaultCode.CLUSTER_DOWN;
      case FAILOVER -> FaultCode.MASTER_DOWN;
      case SOURCE_SNAPSHOT -> FaultCode.SOURCE_TOO_OLD;
      case VERSIONS -> FaultCode.VERSION_TOO_OLD;
      case DATABASES ->
          finding.variant().endsWith("forbidden")
              ? FaultCode.NO_PERMISSION
              : FaultCode.FILTER_INVALID;
      case TARGET_EMPTY -> FaultCode.TARGET_NOT_EMPTY;
      case TARGET_MEMORY -> FaultCode.TARGET_OUT_OF_MEMORY;
      case TARGET_EVICTION_POLICY -> FaultCode.TARGET_EVICTS;
      case AGENT_DISK -> FaultCode.DISK_FULL;
      case OTHER_TASK -> FaultCode.TARGET_TASK_CONFLICT;
      default -> FaultCode.UNKNOWN;
    };
  }

  /** Where not even the questions of a precheck are allowed, it cannot tell what else is not. */
  private static String reach(FaultCode code, String end) {
    return code == FaultCode.NO_PERMISSION
        ? "Let an administrator of that server give the user the command that is named: ACL SETUSER"
            + " USER +COMMAND. The verb precheck, once it is let in, tells all that is lacking."
        : of(code, end);
  }

  /** It may be for another reason than rights that a server takes no write. */
  private static FaultCode refusing(PrecheckFinding finding) {
    return finding.values().containsKey("faultCode") ? told(finding) : FaultCode.NO_PERMISSION;
  }

  private static FaultCode told(PrecheckFinding finding) {
    try {
      return FaultCode.valueOf(finding.values().getOrDefault("faultCode", ""));
    } catch (IllegalArgumentException e) {
      return FaultCode.UNKNOWN;
    }
  }

  private static String node(String end, PrecheckFinding finding) {
    return of(faultCode(finding), end)
        + " Where this host reaches the node at another address than it announces: --"
        + end
        + "-address-map "
        + finding.values().getOrDefault("announced", "ANNOUNCED")
        + "=REACHABLE.";
  }

  private static String login(PrecheckFinding finding, String end) {
    return finding.remedy()
        + " A user stands in the address, redis://USER@host:port, and its password in the"
        + " environment variable that --"
        + end
        + "-password-env names.";
  }

  /** Every code: one that is new has to be thought of. */
  private static String of(FaultCode code, String end) {
    return switch (code) {
      case ADDRESS_UNKNOWN ->
          "Correct the address: this machine's DNS must know its host, and sentinels the name behind"
              + " ?master=.";
      case CONNECTION_REFUSED ->
          "Check that the server runs, and host and port in the address; it may listen on another"
              + " interface only (bind).";
      case CONNECTION_TIMEOUT ->
          "Check host and port in the address, and firewalls on the way. A server without TLS is"
              + " written redis://, not rediss://.";
      case CONNECTION_LOST -> "Look at the server's log.";
      case TLS_FAILED ->
          "Authorities to trust: %s FILE. The name in the server's certificate, where it is not the"
                  .formatted(option(end, "ca"))
              + " host: %s NAME. A certificate to show: %s FILE with %s FILE."
                  .formatted(
                      option(end, "tls-name"), option(end, "tls-cert"), option(end, "tls-key"));
      case PROTOCOL_ERROR -> "Check that the address is that of a Redis or Valkey server.";
      case AUTH_FAILED ->
          "Correct the user, redis://USER@host:port, or the password, which is in the environment"
              + " variable that %s names, or in the address."
                  .formatted(option(end, "password-env"));
      case AUTH_REQUIRED ->
          "Put the password into an environment variable and name that: %s NAME."
                  .formatted(option(end, "password-env"))
              + " A user stands in the address: redis://USER@host:port.";
      case NO_PERMISSION, PSYNC_FORBIDDEN ->
          "The verb precheck, with the same options, tells which rights the user lacks and the"
              + " command that gives them.";
      case LOADING, MASTER_DOWN, CLUSTER_DOWN -> "Wait until it serves, then run it again.";
      case NOT_STANDALONE ->
          "Write a cluster redis-cluster://host:port and sentinels"
              + " redis-sentinel://host:port/?master=NAME; any one node will do.";
      case NOT_A_CLUSTER -> "Write a single server redis://host:port.";
      case SOURCE_TOO_OLD -> "Upgrade the source, or change the setting that is named.";
      case SOURCE_REFUSED -> "Look at the source's log. " + SAME;
      case SOURCE_SNAPSHOT_FAILED ->
          "The source's log tells why: no room or no right to write in its dir, or no memory to fork"
              + " (vm.overcommit_memory). It goes on by itself once that is mended.";
      case FULL_SYNC_BREAKS_OFF ->
          "Raise client-output-buffer-limit replica and repl-timeout at the source, and look at its"
              + " log and at what lies on the way. It goes on by itself.";
      case SOURCE_IS_TARGET -> "Correct --source or --target.";
      case SOURCE_TWICE -> "Give each server once as --source.";
      case KEY_IN_TWO_SOURCES ->
          "Remove or rename the key at one of the sources, empty the target, and start with --afresh.";
      case SOURCE_REPLACED ->
          "Find out what happened to the source before anything else. " + AFRESH;
      case SOURCE_RESHARDED -> "Wait until no slot moves. " + AFRESH;
      case SPREAD_RESHARDED ->
          "Stop all jobs of the task, wait until no slot moves, and run the same command once"
              + " without --slots: it goes on from there.";
      case BACKLOG_OVERRUN -> "A larger repl-backlog-size at the source avoids it. " + AFRESH;
      case RDB_CORRUPT ->
          "Run BGSAVE at the source and redis-check-rdb on the file that it wrote. An error there:"
              + " its memory or disk is at fault, look at its log and test the memory. None: look at"
              + " proxies on the way.";
      case RDB_UNSUPPORTED ->
          "Values of modules can be left out: --exclude-type module. What this version does not know"
              + " may be known to a later one.";
      case STREAM_CORRUPT -> SAME + " If it comes again: " + REPORT;
      case UNKNOWN_COMMAND -> REPORT + " --exclude-command NAME leaves the command out.";
      case RESERVED_KEY -> "Choose another beginning in --rename-prefix. " + AFRESH;
      case KEYS_COLLIDE ->
          "Choose another beginning in --rename-prefix, or leave keys out by --exclude-key. "
              + AFRESH;
      case TARGET_NOT_EMPTY ->
          "Empty the target or choose another one; or begin all the same: --on-exists replace puts"
              + " the source's values in the place of the target's, skip leaves the target's alone,"
              + " fail ends at the first key that both have.";
      case SKIP_LIST_FULL -> "Choose another target, or --on-exists replace.";
      case TARGET_READ_ONLY -> "Give the master's address as --target. " + SAME;
      case TARGET_OUT_OF_MEMORY -> "Raise maxmemory at the target. " + SAME;
      case TARGET_EVICTS ->
          "CONFIG SET maxmemory-policy noeviction at the target for the time of the migration, or"
              + " accept the loss of keys: --accept-evictions.";
      case TARGET_REFUSED -> "Remove the cause that is named. " + SAME;
      case TARGET_TASK_CONFLICT ->
          "Where that task is over, end it: cachesync-agent finish --task NAME --target (the same"
              + " one). Otherwise choose other databases (--include-db, --db-map) or another"
              + " target.";
      case VERSION_TOO_OLD, SCRIPT_TEXT ->
          "Choose a newer target, or leave out what it has no place for: --on-unsupported skip.";
      case VALUE_TOO_LARGE ->
          "Raise proto-max-bulk-len or client-query-buffer-limit at the target, as is said, or give"
              + " this process more memory (java -Xmx). "
              + SAME;
      case WRONG_TYPE -> "Find out who else writes to the target. " + AFRESH;
      case FENCED -> "Another process runs the same task (--task): look for it.";
      case CHECKPOINT_MISMATCH, CHECKPOINT_GONE ->
          "Find out what happened to the target. " + AFRESH;
      case TASK_CHANGED ->
          "Give the options that it was started with, or another --task. " + AFRESH;
      case FULL_SYNC_INTERRUPTED, FLUSH_REFUSED -> AFRESH;
      case LEDGER_IMBALANCE, INTERNAL -> REPORT;
      case DISK_FULL -> "Free space there, or choose another disk: --work-dir DIR. " + SAME;
      case RELAY_FULL ->
          "Find out why the target is slow, or let more wait: --relay-max-mb N. " + SAME;
      case SOURCE_FAILED_OVER,
          JOB_DIRECTORY_INVALID,
          FILTER_INVALID,
          MACHINE_UNREACHABLE,
          AGENT_NOT_STARTED,
          AGENT_DIED,
          TOOL_FAILED,
          REPORT_REFUSED,
          STOPPED_BY_SIGNAL,
          UNKNOWN ->
          "";
    };
  }
}
