package io.cachesync.bench;

import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.RespError;
import java.util.List;

/**
 * A full sync: from the start of the copier until a key of each source, written after its fork, is
 * at the target and both sides have as many keys.
 */
final class FullSyncRun {
  private FullSyncRun() {}

  /** The target must be empty, and suit the copier. */
  static Measured of(Ends ends, Copier copier, List<String> javaOptions) {
    List<String> markers = BySlot.names("marker", ends.sources().size());
    clear(ends, markers);
    long[] forks = forks(ends);
    Meter meter = new Meter(ends, null);
    try (Copier.Running running = copier.start(ends, javaOptions)) {
      Waiting.until("a fork of each source", running, () -> haveForked(ends, forks));
      long keys = 0;
      for (int i = 0; i < markers.size(); i++) {
        try (RespClient source = ends.sources().get(i).client()) {
          source.call("SET", markers.get(i), "here");
          keys += source.number("DBSIZE");
        }
      }
      long all = keys;
      long end =
          Waiting.until(
              "all keys", running, () -> has(ends, markers) && ends.keysAtTarget() >= all);
      return meter.end(end, running);
    }
  }

  private static void clear(Ends ends, List<String> markers) {
    for (int i = 0; i < markers.size(); i++) {
      try (RespClient source = ends.sources().get(i).client()) {
        source.call("DEL", markers.get(i));
      }
    }
  }

  private static boolean haveForked(Ends ends, long[] before) {
    long[] now = forks(ends);
    for (int i = 0; i < now.length; i++) {
      if (now[i] <= before[i]) {
        return false;
      }
    }
    return true;
  }

  private static long[] forks(Ends ends) {
    return ends.sources().stream().mapToLong(FullSyncRun::forks).toArray();
  }

  private static long forks(RedisServer source) {
    try (RespClient client = source.client()) {
      return Long.parseLong(client.info("stats").get("total_forks"));
    }
  }

  private static boolean has(Ends ends, List<String> markers) {
    for (String marker : markers) {
      try (RespClient target = ends.clientFor(marker)) {
        if (target.call("GET", marker) == null) {
          return false;
        }
      } catch (RespError e) {
        return false; // -LOADING
      }
    }
    return true;
  }
}
