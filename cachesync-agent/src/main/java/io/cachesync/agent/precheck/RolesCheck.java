package io.cachesync.agent.precheck;

import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.util.List;

/** The target is a master; a source that is a replica hears its own master. */
final class RolesCheck implements Check {
  private static final long SILENT_SECONDS = 30;

  @Override
  public PrecheckCode code() {
    return PrecheckCode.ROLES;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) {
    ServerInfo source = ends.source().info();
    ServerInfo target = ends.target().info();
    if (isReplica(target)) {
      return List.of(
          Finding.block(code(), "target")
              .with("target", ends.target().address())
              .with("master", master(target))
              .done());
    }
    if (!isReplica(source)) {
      return List.of(Finding.pass(code()).done());
    }
    if (!source.text("master_link_status").equals("up")) {
      return List.of(
          Finding.block(code(), "link")
              .with("source", ends.source().address())
              .with("master", master(source))
              .done());
    }
    long silent = Math.max(0, source.number("master_last_io_seconds_ago"));
    if (silent > SILENT_SECONDS) {
      return List.of(
          Finding.warning(code(), "behind")
              .with("source", ends.source().address())
              .with("master", master(source))
              .with("seconds", silent)
              .done());
    }
    return List.of(Finding.pass(code()).variant("replica").with("master", master(source)).done());
  }

  private static boolean isReplica(ServerInfo info) {
    return info.text("role").equals("slave");
  }

  private static String master(ServerInfo info) {
    return info.text("master_host") + ':' + info.text("master_port");
  }
}
