package io.cachesync.agent.precheck;

import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Both ends have room for the agent's connections, and the target for those of the applications
 * that move to it.
 */
final class ConnectionsCheck implements Check {
  /** Replication, fetching again, comparing and asking, taken high; at a target besides links. */
  private static final long OF_THE_AGENT = 10;

  /** Applications that move open connections to the new server before they close the old ones. */
  private static final double MARGIN = 1.3;

  @Override
  public PrecheckCode code() {
    return PrecheckCode.CONNECTIONS;
  }

  @Override
  public boolean isOfAllSources() {
    return true;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    long clients = clients(ends.source());
    List<PrecheckFinding> findings = new ArrayList<>();
    findings.addAll(EachMaster.of(ends.source(), master -> measure(master, 0, OF_THE_AGENT)));
    // Each link writes to every master of the target over a connection of its own.
    long links = ends.source().masters().size();
    findings.addAll(
        EachMaster.of(ends.target(), master -> measure(master, clients, OF_THE_AGENT + links)));
    List<PrecheckFinding> wrong = findings.stream().filter(Finding::isWrong).toList();
    return wrong.isEmpty() ? findings.subList(findings.size() - 1, findings.size()) : wrong;
  }

  /** A client of a cluster has a connection to each node, so its masters are not added up. */
  private static long clients(End source) {
    long most = 0;
    long sum = 0;
    for (Server master : source.masters()) {
      long connected = Math.max(0, master.info().number("connected_clients"));
      most = Math.max(most, connected);
      sum += connected;
    }
    return source.hasOnlyDatabaseZero() ? most : sum;
  }

  private Finding measure(Server master, long toCome, long agent) throws IOException {
    OptionalLong told = limit(master);
    ServerInfo info = master.info();
    long connected = Math.max(0, info.number("connected_clients"));
    if (told.isEmpty()) {
      return Finding.pass(code()).variant("unreadable").with("clients", toCome);
    }
    long limit = told.getAsLong();
    long need = Math.max(connected, (long) (toCome * MARGIN)) + agent;
    Finding finding;
    if (connected + agent > limit) {
      finding = Finding.warning(code(), "full").command(raise(connected + agent));
    } else if (need > limit) {
      finding = Finding.warning(code(), "few").command(raise(need));
    } else {
      finding = Finding.pass(code());
    }
    return finding
        .weight(need - limit)
        .with("limit", limit)
        .with("connected", connected)
        .with("agent", agent)
        .with("clients", toCome)
        .with("need", need);
  }

  /** INFO tells it in later versions. */
  private static OptionalLong limit(Server master) throws IOException {
    long told = master.info().number("maxclients");
    if (told > 0) {
      return OptionalLong.of(told);
    }
    return master.config("maxclients").stream().mapToLong(Long::parseLong).findFirst();
  }

  private static String raise(long least) {
    return "CONFIG SET maxclients " + least * 2;
  }
}
