package io.cachesync.agent.precheck;

import io.cachesync.agent.command.CommandTable;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What the source writes can be read at the target: RDB version and modules. */
final class VersionsCheck implements Check {
  @Override
  public PrecheckCode code() {
    return PrecheckCode.VERSIONS;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    List<PrecheckFinding> findings = new ArrayList<>();
    for (Server server : List.of(ends.source(), ends.target())) {
      if (!server.version().atLeast(2, 8)) {
        findings.add(
            Finding.block(code(), "old")
                .with("product", server.info().product())
                .with("version", server.version())
                .with("address", server.address())
                .done());
      }
    }
    ServerInfo source = ends.source().info();
    ServerInfo target = ends.target().info();
    if (!RdbVersion.reads(target, source)) {
      findings.add(versions(Finding.block(code(), "rdb"), source, target));
    }
    modules(ends, findings);
    newerCommands(ends, findings);
    if (findings.isEmpty()) {
      findings.add(versions(Finding.pass(code()), source, target));
    }
    return findings;
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
  private void newerCommands(Ends ends, List<PrecheckFinding> findings) throws IOException {
    ServerInfo target = ends.target().info();
    int known = target.commandLevel();
    List<String> newer =
        ends.source().calledCommands().stream()
            .filter(name -> CommandTable.standard().find(name).since() > known)
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

  /** Commands of modules have a dot in their name, as in {@code json.set}; no other has one. */
  private void modules(Ends ends, List<PrecheckFinding> findings) throws IOException {
    List<String> missing = new ArrayList<>(ends.source().modules());
    missing.removeAll(ends.target().modules());
    if (missing.isEmpty()) {
      return;
    }
    List<String> called =
        ends.source().calledCommands().stream().filter(name -> name.contains(".")).toList();
    Finding finding =
        called.isEmpty() ? Finding.warning(code(), "modules") : Finding.block(code(), "modules");
    findings.add(
        finding
            .with("modules", String.join(", ", missing))
            .with("commands", String.join(", ", called))
            .done());
  }
}
