package io.cachesync.agent.precheck;

import io.cachesync.agent.command.Command;
import io.cachesync.agent.command.CommandTable;
import io.cachesync.agent.command.Role;
import io.cachesync.agent.redis.ReplyFault;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The user may do at the target what a migration does there. Every command is put into a
 * transaction that is then discarded: servers look at rights, at names and at whether they accept
 * writes when a command is queued, and nothing that is queued is carried out.
 */
final class TargetRightsCheck implements Check {
  /** What the engine itself sends, besides the commands that applications sent. */
  private static final List<List<String>> OWN =
      List.of(
          List.of("PING"),
          List.of("GET", "KEY"),
          List.of("GETSET", "KEY", "x"),
          List.of("SET", "KEY", "x"),
          List.of("DEL", "KEY"),
          List.of("RESTORE", "KEY", "0", "x"),
          List.of("PEXPIREAT", "KEY", "1"),
          List.of("PTTL", "KEY"),
          List.of("HGETALL", "KEY"),
          List.of("HMSET", "KEY", "x", "x"),
          List.of("EXISTS", "KEY"),
          List.of("DBSIZE"),
          List.of("INFO"),
          List.of("CLIENT", "SETNAME", "x"),
          List.of("CLIENT", "LIST"),
          List.of("CLIENT", "KILL", "x"));

  /** These are told apart by their first argument. */
  private static final Map<String, List<String>> CONTAINERS =
      Map.of(
          "XGROUP", List.of("XGROUP", "CREATE", "KEY", "x", "x"),
          "SCRIPT", List.of("SCRIPT", "LOAD", "x"),
          "FUNCTION", List.of("FUNCTION", "LOAD", "x"));

  /** Sent by servers to each other, or for tests of a server. */
  private static final Set<String> NOT_BY_APPLICATIONS = Set.of("RESTORE-ASKING", "PFDEBUG");

  private static final int MOST_WORDS = 8;

  @Override
  public PrecheckCode code() {
    return PrecheckCode.TARGET_RIGHTS;
  }

  @Override
  public boolean isOfAllSources() {
    return true;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    if (!ends.target().isAsGiven()) {
      return List.of(Finding.unchecked(code(), ends.target()));
    }
    String name = ends.sync().keyPrefix() + "precheck";
    Set<String> called = ends.calledCommands();
    return EachMaster.ofAll(
        ends.target(),
        master -> {
          String key = ends.target().keyAt(master, name);
          Map<String, List<List<String>>> own = new LinkedHashMap<>();
          OWN.forEach(line -> own.put(name(line), List.of(withKey(line, key))));
          ends.target().sent().forEach(line -> own.put(name(line), List.of(withKey(line, key))));
          return measure(master, own, writeCommands(ends, master, key), called, key);
        });
  }

  /**
   * @param own lines of each command that the engine itself sends
   * @param written lines of each command that applications could send
   * @param called commands that applications did send
   */
  private List<Finding> measure(
      Server target,
      Map<String, List<List<String>>> own,
      Map<String, List<List<String>>> written,
      Set<String> called,
      String key)
      throws IOException {
    Optional<Finding> framework = framework(target, key);
    if (framework.isPresent()) {
      return List.of(framework.get());
    }
    Outcome outcome = tryAll(target, own);
    if (outcome.refusal != null) {
      return List.of(refused(outcome.refusal));
    }
    if (!outcome.unknown.isEmpty()) {
      return List.of(unknown(Finding.block(code(), "unknown"), outcome.unknown));
    }
    if (!outcome.forbidden.isEmpty()) {
      return List.of(lacking(Finding.block(code(), "forbidden"), target, outcome.forbidden));
    }
    Outcome writes = tryAll(target, written);
    if (writes.forbidden.isEmpty() && writes.unknown.isEmpty()) {
      return List.of(
          Finding.pass(code())
              .with("user", target.user())
              .with("count", own.size() + written.size()));
    }
    return byUse(target, writes, called);
  }

  /** The transaction itself, on which every later try stands, and WATCH, which cannot be queued. */
  private Optional<Finding> framework(Server target, String key) throws IOException {
    List<String[]> lines =
        List.of(
            new String[] {"WATCH", key},
            new String[] {"UNWATCH"},
            new String[] {"MULTI"},
            new String[] {"EXEC"},
            new String[] {"MULTI"},
            new String[] {"DISCARD"},
            new String[] {"SELECT", "0"});
    List<RespValue> replies = target.pipeline(lines);
    Set<String> forbidden = new TreeSet<>();
    Set<String> unknown = new TreeSet<>();
    boolean multi = !replies.get(2).isError();
    for (int i = 0; i < lines.size(); i++) {
      String name = lines.get(i)[0];
      // Without MULTI the two that end it are refused for another reason.
      boolean ends = name.equals("EXEC") || name.equals("DISCARD");
      RespValue reply = replies.get(i);
      if (!reply.isError() || (ends && !multi)) {
        continue;
      }
      if (Reply.isForbidden(reply)) {
        forbidden.add(name);
      } else if (Reply.isUnknownCommand(reply)) {
        unknown.add(name);
      } else {
        return Optional.of(refused(reply.text()));
      }
    }
    if (!forbidden.isEmpty()) {
      return Optional.of(lacking(Finding.block(code(), "forbidden"), target, forbidden));
    }
    return unknown.isEmpty()
        ? Optional.empty()
        : Optional.of(unknown(Finding.block(code(), "unknown"), unknown));
  }

  /** What was counted at the source blocks; what it could send some day is a warning. */
  private List<Finding> byUse(Server target, Outcome writes, Set<String> called) {
    Set<String> used = new TreeSet<>(writes.forbidden);
    used.retainAll(called);
    Set<String> unused = new TreeSet<>(writes.forbidden);
    unused.removeAll(called);
    Set<String> usedUnknown = new TreeSet<>(writes.unknown);
    usedUnknown.retainAll(called);
    Set<String> unusedUnknown = new TreeSet<>(writes.unknown);
    unusedUnknown.removeAll(called);
    List<Finding> findings = new ArrayList<>();
    if (!used.isEmpty()) {
      findings.add(lacking(Finding.block(code(), "used"), target, used));
    }
    if (!unused.isEmpty()) {
      findings.add(lacking(Finding.warning(code(), "writes"), target, unused));
    }
    if (!usedUnknown.isEmpty()) {
      findings.add(unknown(Finding.block(code(), "unknown"), usedUnknown));
    }
    if (!unusedUnknown.isEmpty()) {
      findings.add(unknown(Finding.warning(code(), "unknown"), unusedUnknown));
    }
    return findings;
  }

  private Finding refused(String error) {
    return Finding.block(code(), "refused")
        .with("error", error)
        .with("faultCode", ReplyFault.of("", error.split(" ", 2)[0], error).code());
  }

  private static Finding unknown(Finding finding, Set<String> commands) {
    return finding
        .weight(commands.size())
        .with("count", commands.size())
        .with("commands", String.join(", ", commands));
  }

  private static Finding lacking(Finding finding, Server target, Set<String> commands) {
    if (target.version().atLeast(6, 0)) {
      finding.command(SmallestRights.targetCommand(target));
    }
    return finding
        .weight(commands.size())
        .with("user", target.user())
        .with("count", commands.size())
        .with("commands", String.join(", ", commands));
  }

  /** The write commands that both servers have, with lines of every length. */
  private static Map<String, List<List<String>>> writeCommands(
      Ends ends, Server target, String key) {
    int sent =
        ends.source().masters().stream().mapToInt(s -> s.info().commandLevel()).max().orElse(0);
    int common = Math.min(sent, target.info().commandLevel());
    Map<String, List<List<String>>> lines = new LinkedHashMap<>();
    for (Command command : CommandTable.standard().commands()) {
      boolean message = command.role() == Role.MESSAGE;
      if (command.since() <= common
          && command.role() != Role.CONTROL
          && (!message || ends.sync().filter().publish())
          && !NOT_BY_APPLICATIONS.contains(command.name())) {
        lines.put(command.name(), lines(command, key));
      }
    }
    return lines;
  }

  /** A server looks at the number of arguments first, so every number is tried. */
  private static List<List<String>> lines(Command command, String key) {
    List<String> container = CONTAINERS.get(command.name());
    if (container != null) {
      return List.of(withKey(container, key));
    }
    List<List<String>> lines = new ArrayList<>();
    for (int words = 1; words <= MOST_WORDS; words++) {
      List<String> line = new ArrayList<>();
      line.add(command.name());
      while (line.size() < words) {
        // A counter of keys stands directly before the first of them.
        line.add(line.size() == command.keys().first() - 1 ? "1" : key);
      }
      lines.add(line);
    }
    return lines;
  }

  private static Outcome tryAll(Server target, Map<String, List<List<String>>> commands)
      throws IOException {
    List<String[]> pipeline = new ArrayList<>();
    pipeline.add(new String[] {"MULTI"});
    commands.values().forEach(lines -> lines.forEach(l -> pipeline.add(l.toArray(String[]::new))));
    pipeline.add(new String[] {"DISCARD"});
    List<RespValue> replies = target.pipeline(pipeline);
    Outcome outcome = new Outcome();
    int next = 1;
    for (Map.Entry<String, List<List<String>>> command : commands.entrySet()) {
      int end = next + command.getValue().size();
      List<RespValue> own = replies.subList(next, end);
      own.stream()
          .filter(Reply::refusesWrites)
          .findFirst()
          .ifPresent(reply -> outcome.refusal = reply.text());
      if (own.stream().noneMatch(Reply::isQueued)) {
        outcome.add(command.getKey(), own);
      }
      next = end;
    }
    return outcome;
  }

  /** These are told apart by their second word. */
  private static String name(List<String> line) {
    return switch (line.get(0)) {
      case "CLIENT", "CLUSTER" -> line.get(0) + ' ' + line.get(1);
      default -> line.get(0);
    };
  }

  private static List<String> withKey(List<String> line, String key) {
    return line.stream().map(word -> word.equals("KEY") ? key : word).toList();
  }

  /** What became of a series of tries. */
  private static final class Outcome {
    private final Set<String> forbidden = new TreeSet<>();
    private final Set<String> unknown = new TreeSet<>();
    private String refusal;

    /** A command of which no line was queued. Only NOPERM says that a right is missing. */
    private void add(String name, List<RespValue> replies) {
      if (replies.stream().anyMatch(Reply::isForbidden)) {
        forbidden.add(name);
      } else if (replies.stream().anyMatch(Reply::isUnknownCommand)) {
        unknown.add(name);
      } else if (refusal == null) {
        refusal = replies.get(replies.size() - 1).text();
      }
    }
  }
}
