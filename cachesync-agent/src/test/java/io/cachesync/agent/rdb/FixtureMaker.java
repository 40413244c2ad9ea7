package io.cachesync.agent.rdb;

import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Makes the snapshots of src/test/resources/rdb anew, with real servers; see the README there. Not
 * a test: run its main with {@code -Dcachesync.servers=...} and the folder as its argument.
 */
final class FixtureMaker {
  /** A way to save, and what it brings into the file. */
  private enum Variant {
    PLAIN("rdbcompression", "yes"),
    /** No LZF, and a checksum of zero. */
    RAW("rdbcompression", "no"),
    /** FREQ before each key (4.0 and later). */
    LFU("maxmemory-policy", "allkeys-lfu"),
    /** IDLE before each key (5.0 and later). */
    LRU("maxmemory-policy", "allkeys-lru");

    private final String option;
    private final String value;

    Variant(String option, String value) {
      this.option = option;
      this.value = value;
    }
  }

  private FixtureMaker() {}

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    for (ServerVersion version :
        List.of(
            ServerVersion.V2_8,
            ServerVersion.V3_2,
            ServerVersion.V6_0,
            ServerVersion.V6_2,
            ServerVersion.V7_0,
            ServerVersion.V7_4)) {
      for (Variant variant : Variant.values()) {
        if (variant.compareTo(Variant.RAW) <= 0 || version.atLeast(ServerVersion.V6_0)) {
          make(version, variant, folder);
        }
      }
    }
  }

  private static void make(ServerVersion version, Variant variant, Path folder) throws IOException {
    RedisServer server = new RedisServer(version).option(variant.option, variant.value);
    if (variant == Variant.RAW) {
      server.option("rdbchecksum", "no");
    }
    try (RedisServer started = server.start();
        RespClient client = started.client()) {
      EncodingSample.fill(client, version);
      client.call("SAVE");
      Path saved = Path.of(client.list("CONFIG", "GET", "dir").get(1).toString(), "dump.rdb");
      String name =
          version.name().substring(1).replace('_', '.')
              + "-"
              + variant.name().toLowerCase(Locale.ROOT)
              + ".rdb";
      Files.write(folder.resolve(name), Files.readAllBytes(saved));
    }
  }
}
