package io.cachesync.agent.precheck;

import io.cachesync.agent.command.Command;
import io.cachesync.agent.command.CommandTable;
import io.cachesync.agent.command.Role;
import io.cachesync.agent.rdb.RdbReader;
import io.cachesync.agent.redis.Modules;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What the source writes can be read, and be held by the target in some form. */
final class VersionsCheck implements Check {
  /** A server below this runs the rest of a transaction after it refused a part of it. */
  private static final int LOWEST_CLUSTER = 600;

  private static final Comparator<ServerInfo> BY_AGE =
      Comparator.<ServerInfo>comparingInt(RdbVersion::of)
          .thenComparingInt(ServerInfo::commandLevel);

  @Override
  public PrecheckCode code() {
    return PrecheckCode.VERSIONS;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    List<PrecheckFinding> findings = new ArrayList<>();
    List<Server> all = new ArrayList<>(ends.source().masters());
    all.addAll(ends.target().masters());
    for (Server server : all) {
      if (!server.version().atLeast(2, 8)) {
        findings.add(version(Finding.block(code(), "old"), server));
      }
    }
    if (ends.target().hasOnlyDatabaseZero()) {
      ends.target().masters().stream()
          .filter(server -> server.info().commandLevel() < LOWEST_CLUSTER)
          .forEach(server -> findings.add(version(Finding.block(code(), "cluster"), server)));
    }
    for (End end : List.of(ends.source(), ends.target())) {
      unequal(end).ifPresent(findings::add);
    }
    ends.target().masters().stream()
        .filter(server -> crashes(server.info()))
        .findFirst()
        .ifPresent(server -> findings.add(version(Finding.warning(code(), "crash"), server)));
    ServerInfo source = newest(ends.source());
    ServerInfo target = oldest(ends.target());
    if (!RdbReader.reads(RdbVersion.of(source))) {
      findings.add(versions(Finding.block(code(), "rdb"), source, target));
    }
    new OlderTargetFindings(code(), ends, source, target).addTo(findings);
    modules(ends, findings);
    newerCommands(ends, source, target, findings);
    if (findings.isEmpty()) {
      String variant = RdbVersion.reads(target, source) ? "" : "older";
      findings.add(versions(Finding.pass(code()).variant(variant), source, target));
    }
    return findings;
  }

  /** Masters of one end that are not of the same version. */
  private Optional<PrecheckFinding> unequal(End end) {
    Set<String> versions = new TreeSet<>();
    infos(end).forEach(info -> versions.add(info.product() + ' ' + info.version()));
    return versions.size() < 2
        ? Optional.empty()
        : Optional.of(
            Finding.warning(code(), "unequal")
                .with("address", end.front().address())
                .with("versions", String.join(", ", versions))
                .done());
  }

  /** Versions that times of hash fields can make crash: redis/redis#13539, mended in 7.4.2. */
  static boolean crashes(ServerInfo info) {
    return info.product().equals("redis")
        && List.of("7.4.0", "7.4.1").contains(info.version().toString());
  }

  private static ServerInfo newest(End end) {
    return infos(end).max(BY_AGE).orElseThrow();
  }

  private static ServerInfo oldest(End end) {
    return infos(end).min(BY_AGE).orElseThrow();
  }

  private static Stream<ServerInfo> infos(End end) {
    return end.masters().stream().map(Server::info);
  }

  private static PrecheckFinding version(Finding finding, Server server) {
    return finding
        .with("product", server.info().product())
        .with("version", server.version())
        .with("address", server.address())
        .done();
  }

  private static PrecheckFinding versions(Finding finding, ServerInfo source, ServerInfo target) {
    return finding
        .with("sourceProduct", source.product())
        .with("sourceVersion", source.version())
        .with("sourceRdb", RdbVersion.of(source))
        .with("targetProduct", target.product())
        .with("targetVersion", target.version())
        .with("targetRdb", RdbVersion.of(target))
        .done();
  }

  /** Commands that applications use and that the target, being older, does not know. */
  private void newerCommands(
      Ends ends, ServerInfo source, ServerInfo target, List<PrecheckFinding> findings)
      throws IOException {
    if (source.product().equals(target.product())
        && target.version().compareTo(source.version()) >= 0) {
      return;
    }
    int known = target.commandLevel();
    List<String> newer =
        ends.calledCommands().stream()
            .filter(name -> isNewer(CommandTable.standard().find(name), known))
            .toList();
    if (!newer.isEmpty()) {
      findings.add(
          Finding.warning(code(), "commands")
              .with("commands", String.join(", ", newer))
              .with("targetProduct", target.product())
              .with("targetVersion", target.version())
              .done());
    }
  }

  private static boolean isNewer(Command command, int known) {
    return command.role() != Role.CONTROL && command.since() > known;
  }

  private static Stream<Modules> modules(End end) {
    return end.masters().stream().map(Server::modules);
  }

  /** Commands of modules have a dot in their name, as in {@code json.set}; no other has one. */
  private void modules(Ends ends, List<PrecheckFinding> findings) throws IOException {
    Modules needed = modules(ends.source()).reduce(Modules::or).orElse(Modules.UNKNOWN).withData();
    Modules there = modules(ends.target()).reduce(Modules::and).orElse(Modules.UNKNOWN);
    List<String> missing = new ArrayList<>(needed.missingIn(there));
    if (Modules.areAnswered(oldest(ends.target()).commandLevel())) {
      // An older version may load them too, and says so where it does not.
      missing.removeIf(module -> !needed.names().contains(module));
    }
    if (missing.isEmpty()) {
      return;
    }
    List<String> called =
        ends.calledCommands().stream().filter(name -> name.contains(".")).toList();
    Finding finding =
        called.isEmpty() ? Finding.warning(code(), "modules") : Finding.block(code(), "modules");
    findings.add(
        finding
            .with("modules", String.join(", ", missing))
            .with("commands", String.join(", ", called))
            .done());
  }
}
