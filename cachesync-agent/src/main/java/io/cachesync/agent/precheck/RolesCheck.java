package io.cachesync.agent.precheck;

import io.cachesync.agent.redis.MasterOfReplica;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.Severity;
import io.cachesync.contract.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A source that is a replica hears its own master, and so does the agent. */
final class RolesCheck implements Check {
  private static final long SILENT_SECONDS = 30;

  @Override
  public PrecheckCode code() {
    return PrecheckCode.ROLES;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) {
    List<PrecheckFinding> findings = new ArrayList<>();
    for (Server source : ends.source().masters()) {
      if (isReplica(source.info())) {
        findings.add(link(source, ends));
      }
    }
    List<PrecheckFinding> wrong =
        findings.stream().filter(finding -> finding.severity() != Severity.PASS).toList();
    if (!wrong.isEmpty()) {
      return wrong;
    }
    if (!ofTarget(ends).isEmpty()) {
      return List.of(); // That is told, once for all sources.
    }
    return findings.isEmpty() ? List.of(Finding.pass(code()).done()) : findings.subList(0, 1);
  }

  private static List<PrecheckFinding> ofTarget(Ends ends) {
    List<PrecheckFinding> findings = new ArrayList<>();
    for (Server target : ends.target().masters()) {
      if (isReplica(target.info())) {
        findings.add(
            Finding.block(PrecheckCode.ROLES, "target")
                .with("target", target.address())
                .with("master", master(target.info()))
                .done());
      }
    }
    if (ends.source().replicas() > 0 && !ends.target().mastersAlone().isEmpty()) {
      findings.add(
          Finding.warning(PrecheckCode.ROLES, "alone")
              .with(
                  "address",
                  ends.target().mastersAlone().stream()
                      .map(Server::address)
                      .collect(Collectors.joining(", ")))
              .done());
    }
    return findings;
  }

  private PrecheckFinding link(Server source, Ends ends) {
    ServerInfo info = source.info();
    if (!info.masterLinkUp()) {
      return Finding.block(code(), "link")
          .with("source", source.address())
          .with("master", master(info))
          .done();
    }
    long silent = Math.max(0, info.number("master_last_io_seconds_ago"));
    if (silent > SILENT_SECONDS) {
      return Finding.warning(code(), "behind")
          .with("source", source.address())
          .with("master", master(info))
          .with("seconds", silent)
          .done();
    }
    return ends.sync().source().topology() == Topology.STANDALONE
        ? master(source, ends)
        : replica(info);
  }

  /** The link asks it too; a server that goes by another history is not it. */
  private PrecheckFinding master(Server source, Ends ends) {
    ServerInfo info = source.info();
    try (RedisConnection master =
        Server.client(ends.sync().source(), ends.spec().secrets().source(0))
            .following(new MasterOfReplica())
            .connect()) {
      String history = master.info("replication").text("master_replid");
      return history.equals(info.text("master_replid"))
          ? replica(info)
          : unasked("elsewhere", source).with("found", master.address()).done();
    } catch (RedisException e) {
      return unasked("unasked", source).with("fault", e.fault().message()).done();
    }
  }

  private Finding unasked(String variant, Server source) {
    return Finding.warning(code(), variant)
        .with("source", source.address())
        .with("master", master(source.info()));
  }

  private PrecheckFinding replica(ServerInfo info) {
    return Finding.pass(code()).variant("replica").with("master", master(info)).done();
  }

  private static boolean isReplica(ServerInfo info) {
    return info.text("role").equals("slave");
  }

  private static String master(ServerInfo info) {
    return info.text("master_host") + ':' + info.text("master_port");
  }

  /** The target is a master, with replicas where a source has some. */
  static final class OfTarget implements Check {
    @Override
    public PrecheckCode code() {
      return PrecheckCode.ROLES;
    }

    @Override
    public boolean isOfAllSources() {
      return true;
    }

    @Override
    public List<PrecheckFinding> run(Ends ends) {
      return ofTarget(ends);
    }
  }
}
