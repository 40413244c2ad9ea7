package io.cachesync.proof;

import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What tells source and target apart, by an independent reader and by digests. */
final class Differences {
  private Differences() {}

  static List<String> between(Pair pair) {
    List<String> differences = new ArrayList<>(pair.target().differences(pair.source()));
    for (RedisServer master : pair.target().masters()) {
      try (RespClient client = master.client()) {
        client
            .list("KEYS", "cachesync:*")
            .forEach(key -> differences.add("left at the target: " + key));
      }
    }
    return differences;
  }

  /** Lets the source remove what has expired there: the target hears of it only then. */
  static void expireAtSource(Pair pair, int databases) {
    for (RedisServer master : pair.source().masters()) {
      try (RespClient client = master.client()) {
        for (int database = 0; database < databases; database++) {
          client.call("SELECT", Integer.toString(database));
          Pause.until(Duration.ofSeconds(3), () -> isTidy(client, master.version()));
        }
      }
    }
  }

  private static boolean isTidy(RespClient client, ServerVersion version) {
    for (Object key : client.list("KEYS", "*")) {
      String name = (String) key;
      if (client.text("TYPE", name).equals("hash")
          && version.atLeast(ServerVersion.V7_4)
          && client.number("HLEN", name) != client.list("HKEYS", name).size()) {
        return false;
      }
    }
    return client.number("DBSIZE") == client.list("KEYS", "*").size();
  }

  /** What can be printed, cut to a length. */
  static String shown(String text, int most) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < Math.min(most, text.length()); i++) {
      char c = text.charAt(i);
      shown.append(c >= ' ' && c < 127 ? String.valueOf(c) : "\\x%02X".formatted((int) c));
    }
    return text.length() > most ? shown + "…" : shown.toString();
  }
}
