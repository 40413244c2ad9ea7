package io.cachesync.agent.precheck;

import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.redis.ServerVersion;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The source can make the snapshot that a full sync begins with, and its link lives as long as that
 * takes.
 */
final class SourceSnapshotCheck implements Check {
  /** So long a source may stand still while it forks, before applications notice it. */
  private static final long FORK_MICROS = 500_000;

  /** After so much silence the agent takes the source for dead. */
  private static final long SILENCE_SECONDS = 60;

  /** A page is copied for a write of about so many bytes. */
  private static final long BYTES_PER_WRITE = 100;

  private static final long PAGE_BYTES = 4096;

  @Override
  public PrecheckCode code() {
    return PrecheckCode.SOURCE_SNAPSHOT;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    boolean needed = !ends.resumed();
    return EachMaster.ofAll(
        ends.source(),
        master -> {
          WriteRate writes = ends.writes().of(master);
          long rate = writes.bytesPerSecond();
          long seconds = writes.fullSyncSeconds(ends.movedBytes());
          return judged(master.info(), Settings.of(master), needed, rate, seconds);
        });
  }

  /**
   * What is to be said of one master.
   *
   * @param needed whether a snapshot is sure to be made
   * @param rate bytes that are written per second
   * @param seconds how long a full sync takes
   */
  static List<Finding> judged(
      ServerInfo info, Settings settings, boolean needed, long rate, long seconds) {
    List<Finding> findings = new ArrayList<>();
    offset(info, settings, needed).ifPresent(findings::add);
    if (info.text("rdb_last_bgsave_status").equals("err")) {
      // That stands until one succeeds: the cause may be long gone, so it is not for a block.
      findings.add(warning("failed").command("BGSAVE"));
    }
    underWay(info).ifPresent(findings::add);
    long fork = info.number("latest_fork_usec");
    if (fork > FORK_MICROS) {
      findings.add(warning("fork").weight(fork));
    }
    long copied = copied(info, rate, seconds);
    long need = Math.max(0, info.number("used_memory_rss")) + copied + rate * seconds;
    long total = info.number("total_system_memory");
    if (total > 0 && need > total) {
      findings.add(warning("memory").weight(need));
    }
    timeouts(settings).ifPresent(findings::add);
    if (findings.isEmpty()) {
      findings.add(passed(settings, total > 0));
    }
    for (Finding finding : findings) {
      finding
          .with("version", info.version())
          .with("used", Amount.bytes(Math.max(0, info.usedMemoryBytes())))
          .with("fork", fork < 0 ? "?" : String.valueOf(fork / 1000))
          .with("need", Amount.bytes(need))
          .with("total", Amount.bytes(Math.max(0, total)))
          .with("copied", Amount.bytes(copied))
          .with("timeout", settings.timeout().orElse(0))
          .with("ping", settings.ping().orElse(0));
    }
    return findings;
  }

  /** As {@code Handshake} refuses it: these versions tell a wrong offset. */
  private static Optional<Finding> offset(ServerInfo info, Settings settings, boolean needed) {
    if (!needed || !settings.isDiskless() || !tellsAWrongOffset(info.version())) {
      return Optional.empty();
    }
    return Optional.of(
        Finding.block(PrecheckCode.SOURCE_SNAPSHOT, "offset")
            .command("CONFIG SET repl-diskless-sync no"));
  }

  private static boolean tellsAWrongOffset(ServerVersion version) {
    return version.compareTo(new ServerVersion(2, 8, 18)) >= 0
        && (version.compareTo(new ServerVersion(2, 8, 22)) < 0
            || (version.atLeast(3, 0) && version.compareTo(new ServerVersion(3, 0, 4)) < 0));
  }

  /**
   * @param hostKnown whether INFO tells the memory of the host: not below 3.2, and not everywhere
   */
  private static Finding passed(Settings settings, boolean hostKnown) {
    String variant;
    if (settings.timeout().isEmpty()) {
      variant = hostKnown ? "unread" : "host-unread";
    } else {
      variant = hostKnown ? "" : "host";
    }
    return Finding.pass(PrecheckCode.SOURCE_SNAPSHOT).variant(variant);
  }

  private static Optional<Finding> underWay(ServerInfo info) {
    if (info.number("aof_rewrite_in_progress") == 1) {
      return Optional.of(
          warning("busy")
              .with("what", "BGREWRITEAOF")
              .with("since", Math.max(0, info.number("aof_current_rewrite_time_sec"))));
    }
    if (info.number("rdb_bgsave_in_progress") == 1) {
      return Optional.of(
          warning("busy")
              .with("what", "BGSAVE")
              .with("since", Math.max(0, info.number("rdb_current_bgsave_time_sec"))));
    }
    return Optional.empty();
  }

  private static Optional<Finding> timeouts(Settings settings) {
    long timeout = settings.timeout().orElse(SILENCE_SECONDS);
    if (timeout > 0 && timeout < SILENCE_SECONDS) {
      return Optional.of(warning("timeout").command("CONFIG SET repl-timeout " + SILENCE_SECONDS));
    }
    return settings.ping().orElse(0) * 3 > SILENCE_SECONDS
        ? Optional.of(warning("ping").command("CONFIG SET " + settings.pingName() + " 10"))
        : Optional.empty();
  }

  /** What its last snapshot had to copy; where that is not known, a page for each small write. */
  private static long copied(ServerInfo info, long rate, long seconds) {
    long last = info.number("rdb_last_cow_size");
    long pages = rate / BYTES_PER_WRITE * PAGE_BYTES * seconds;
    return last > 0 ? last : Math.min(Math.max(0, info.usedMemoryBytes()), pages);
  }

  private static Finding warning(String variant) {
    return Finding.warning(PrecheckCode.SOURCE_SNAPSHOT, variant);
  }

  /**
   * Settings of replication, each empty where it may not be read or is not known there.
   *
   * @param diskless {@code yes}, {@code no} or empty
   * @param timeout seconds after which the source gives up a silent replica
   * @param ping seconds between its signs of life
   * @param pingName what that is called there
   */
  record Settings(String diskless, OptionalLong timeout, OptionalLong ping, String pingName) {
    static Settings of(Server master) throws IOException {
      String pingName =
          master.version().atLeast(5, 0) ? "repl-ping-replica-period" : "repl-ping-slave-period";
      return new Settings(
          master.config("repl-diskless-sync").orElse(""),
          number(master, "repl-timeout"),
          number(master, pingName),
          pingName);
    }

    private static OptionalLong number(Server master, String name) throws IOException {
      return master.config(name).stream().mapToLong(Long::parseLong).findFirst();
    }

    boolean isDiskless() {
      return diskless.equals("yes");
    }
  }
}
