package io.cachesync.agent.precheck;

import io.cachesync.agent.redis.SentinelView;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** No master is just being replaced by another, and sentinels agree on which it is. */
final class FailoverCheck implements Check {
  private static final PrecheckCode CODE = PrecheckCode.FAILOVER;

  @Override
  public PrecheckCode code() {
    return CODE;
  }

  @Override
  public boolean isOfAllSources() {
    return true;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    List<PrecheckFinding> findings = new ArrayList<>();
    for (End end : List.of(ends.source(), ends.target())) {
      for (Server master : end.masters()) {
        String state = state(master.readInfo("replication"));
        if (!state.isEmpty()) {
          findings.add(
              Finding.block(CODE, "running")
                  .with("address", master.address())
                  .with("state", state)
                  .done());
        }
      }
    }
    List<RedisEndpoint> sources = ends.sync().allSources();
    for (int i = 0; i < sources.size(); i++) {
      sentinels(sources.get(i), ends.spec().secrets().source(i), findings);
    }
    sentinels(ends.sync().target(), ends.spec().secrets().target(), findings);
    return findings.isEmpty() ? List.of(pass(ends)) : findings;
  }

  /** Empty where none is under way, and below 6.2, which has no such command. */
  private static String state(ServerInfo info) {
    String state = info.text("master_failover_state");
    return state.equals("no-failover") ? "" : state;
  }

  /** A server that has taken over remembers until where it shared its master's history. */
  private PrecheckFinding pass(Ends ends) {
    for (Server master : ends.source().masters()) {
      long until = master.info().number("second_repl_offset");
      if (master.info().isMaster() && until >= 0) {
        return Finding.pass(CODE)
            .variant("promoted")
            .with("address", master.address())
            .with("offset", until)
            .done();
      }
    }
    return Finding.pass(CODE).done();
  }

  private void sentinels(RedisEndpoint end, EndpointSecrets secrets, List<PrecheckFinding> findings)
      throws IOException {
    if (end.topology() != Topology.SENTINEL) {
      return;
    }
    told(end.masterName(), SentinelView.of(Server.client(end, secrets)), findings);
  }

  /** What sentinels say of the master that they call so. */
  static void told(String name, List<SentinelView> views, List<PrecheckFinding> findings) {
    List<String> silent = new ArrayList<>();
    List<String> failing = new ArrayList<>();
    List<String> down = new ArrayList<>();
    Map<String, String> masters = new LinkedHashMap<>();
    Map<String, String> quorums = new LinkedHashMap<>();
    for (SentinelView view : views) {
      String sentinel = view.sentinel().toString();
      if (view.fault() != null) {
        silent.add(sentinel + ": " + view.fault().message());
        continue;
      }
      masters.put(sentinel, view.master());
      if (view.flags().contains("failover_in_progress")) {
        failing.add(sentinel);
      } else if (view.flags().contains("s_down") || view.flags().contains("o_down")) {
        down.add(sentinel);
      }
      if (!view.noQuorum().isEmpty()) {
        quorums.put(sentinel, view.noQuorum());
      }
    }
    add(findings, Finding.block(CODE, "sentinel"), name, failing);
    add(findings, Finding.warning(CODE, "down"), name, down);
    if (new TreeSet<>(masters.values()).size() > 1) {
      add(findings, Finding.warning(CODE, "disagree"), name, lines(masters));
    }
    add(findings, Finding.warning(CODE, "quorum"), name, lines(quorums));
    add(findings, Finding.warning(CODE, "silent"), name, silent);
  }

  private static List<String> lines(Map<String, String> bySentinel) {
    return bySentinel.entrySet().stream()
        .map(each -> each.getKey() + ": " + each.getValue())
        .toList();
  }

  private static void add(
      List<PrecheckFinding> findings, Finding finding, String name, List<String> sentinels) {
    if (!sentinels.isEmpty()) {
      findings.add(
          finding.with("name", name).with("sentinels", String.join("; ", sentinels)).done());
    }
  }
}
