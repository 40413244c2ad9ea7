package io.cachesync.agent.precheck;

import io.cachesync.agent.redis.ServerVersion;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What applications write during the full sync waits in the source's replica output buffer; over
 * its limit the source cuts the link, and the copy begins again.
 */
final class OutputBufferCheck implements Check {
  private static final long LEAST_BYTES = 512L << 20;

  @Override
  public PrecheckCode code() {
    return PrecheckCode.REPLICA_OUTPUT_BUFFER;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    return EachMaster.of(ends.source(), master -> measure(ends, master));
  }

  private Finding measure(Ends ends, Server master) throws IOException {
    WriteRate writes = ends.writes().of(master);
    long rate = writes.bytesPerSecond();
    // All masters are copied at once, by one agent into one target.
    long seconds = writes.fullSyncSeconds(ends.movedBytes());
    long need = rate * seconds;
    Optional<String> setting = master.config("client-output-buffer-limit");
    Optional<Limit> limit = setting.flatMap(Limit::parse);
    String command = command(master.version(), need);
    Finding finding;
    if (limit.isEmpty()) {
      finding = Finding.warning(code(), "unreadable").with("user", master.user());
    } else if (limit.get().cuts(rate, seconds) && !ends.resumed()) {
      finding = Finding.block(code(), "small").command(command);
    } else if (limit.get().cuts(rate * 2, seconds)) {
      finding = Finding.warning(code(), "tight").command(command);
    } else if (limit.get().hardBytes() == 0 && limit.get().softBytes() == 0) {
      finding = Finding.pass(code()).variant("unlimited");
    } else {
      finding = Finding.pass(code());
    }
    limit.ifPresent(
        found ->
            finding
                .with("hard", size(found.hardBytes()))
                .with("soft", size(found.softBytes()))
                .with("softSeconds", found.softSeconds()));
    return finding
        .weight(need)
        .with("rate", Amount.bytes(rate))
        .with("need", Amount.bytes(need))
        .with("seconds", seconds);
  }

  private static String size(long bytes) {
    return bytes == 0 ? "∞" : Amount.bytes(bytes);
  }

  /** In bytes: servers up to 3.2 take no unit here. */
  private static String command(ServerVersion version, long need) {
    long bytes = Math.max(LEAST_BYTES, need * 2);
    String replica = version.atLeast(5, 0) ? "replica" : "slave";
    return "CONFIG SET client-output-buffer-limit \"%s %d %d 60\"".formatted(replica, bytes, bytes);
  }

  /** The limit of replicas: zero is none. */
  record Limit(long hardBytes, long softBytes, long softSeconds) {
    /** From {@code normal 0 0 0 slave 268435456 67108864 60 pubsub …}. */
    static Optional<Limit> parse(String setting) {
      String[] words = setting.trim().split("\\s+");
      for (int i = 0; i + 3 < words.length; i += 4) {
        if (words[i].equals("slave") || words[i].equals("replica")) {
          return Optional.of(
              new Limit(
                  Long.parseLong(words[i + 1]),
                  Long.parseLong(words[i + 2]),
                  Long.parseLong(words[i + 3])));
        }
      }
      return Optional.empty();
    }

    /** Whether a link is cut that reads nothing for so long while so much is written. */
    boolean cuts(long bytesPerSecond, long seconds) {
      if (hardBytes > 0 && bytesPerSecond * seconds > hardBytes) {
        return true;
      }
      if (softBytes == 0 || bytesPerSecond * seconds <= softBytes) {
        return false;
      }
      return seconds - softBytes / bytesPerSecond > softSeconds;
    }
  }
}
