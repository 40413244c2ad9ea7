package io.cachesync.agent.redis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What INFO says. Texts that are missing are empty, numbers that are missing are {@link #UNKNOWN}.
 */
public final class ServerInfo {
  public static final long UNKNOWN = -1;

  private final Map<String, String> values;
  private final List<String> modules;

  private ServerInfo(Map<String, String> values, List<String> modules) {
    this.values = values;
    this.modules = List.copyOf(modules);
  }

  public static ServerInfo parse(String info) {
    Map<String, String> values = new LinkedHashMap<>();
    List<String> modules = new ArrayList<>();
    info.lines()
        .filter(line -> !line.startsWith("#") && line.indexOf(':') > 0)
        .forEach(
            line -> {
              int colon = line.indexOf(':');
              String name = line.substring(0, colon);
              String value = line.substring(colon + 1).trim();
              values.put(name, value);
              if (name.equals("module")) {
                modules.add(value);
              }
            });
    return new ServerInfo(values, modules);
  }

  public String text(String name) {
    return values.getOrDefault(name, "");
  }

  public long number(String name) {
    try {
      return Long.parseLong(text(name));
    } catch (NumberFormatException e) {
      return UNKNOWN;
    }
  }

  /** {@code redis} or {@code valkey}. */
  public String product() {
    return values.containsKey("valkey_version") ? "valkey" : "redis";
  }

  /** The product's own version: Valkey also tells a Redis version for compatibility. */
  public ServerVersion version() {
    return ServerVersion.parse(
        text(values.containsKey("valkey_version") ? "valkey_version" : "redis_version"));
  }

  /**
   * The version of Redis whose commands it has, as major * 100 + minor: up to 8 Valkey has those of
   * 7.2, then fields of hashes expire as in 7.4, and of what came to Redis later each has but a
   * part. Milestones of 8.0 call themselves 7.9.
   */
  public int commandLevel() {
    ServerVersion version = version();
    if (product().equals("valkey")) {
      return version.major() < 9 ? 702 : 704;
    }
    int level = version.major() * 100 + version.minor();
    return version.atLeast(7, 9) ? Math.max(800, level) : level;
  }

  /** Whether it can be told to leave what expires to the source that it takes its data from. */
  public boolean knowsImportMode() {
    return product().equals("valkey") && version().atLeast(8, 1);
  }

  /**
   * Whether it tells its replicas how many entries a group has read where they have to be
   * acknowledged (a SETID behind the XCLAIM).
   */
  public boolean tellsEntriesRead() {
    return product().equals("valkey") ? version().atLeast(8, 0) : version().atLeast(7, 4);
  }

  /** The highest RDB version that this server loads; from 80 on Valkey's own, up to 11 Redis's. */
  public int rdbVersion() {
    ServerVersion version = version();
    if (product().equals("valkey")) {
      return version.major() < 9 ? 11 : 80;
    }
    if (version.atLeast(8, 6)) {
      return 13;
    }
    if (version.atLeast(7, 4)) {
      return 12;
    }
    if (version.atLeast(7, 2)) {
      return 11;
    }
    if (version.atLeast(7, 0)) {
      return 10;
    }
    if (version.atLeast(5, 0)) {
      return 9;
    }
    if (version.atLeast(4, 0)) {
      return 8;
    }
    return version.atLeast(3, 2) ? 7 : 6;
  }

  /** {@code standalone}, {@code cluster} or {@code sentinel}. */
  public String mode() {
    // Valkey has a name of its own for it, unless it is told to be like Redis.
    return values.getOrDefault("redis_mode", text("server_mode"));
  }

  public String runId() {
    return text("run_id");
  }

  /** Whether it is a replica that takes no writes of clients. */
  public boolean isReadOnly() {
    return role().equals("slave") && !text("slave_read_only").equals("0");
  }

  /** {@code master} or {@code slave}. */
  public String role() {
    return text("role");
  }

  public boolean isMaster() {
    return role().equals("master");
  }

  /** The replication id, which below 4.0 is the run id. */
  public String replId() {
    String id = text("master_replid");
    return id.isEmpty() ? runId() : id;
  }

  public long replOffset() {
    return number("master_repl_offset");
  }

  /** Whether a replica has its master; a master always has. */
  public boolean masterLinkUp() {
    return isMaster() || text("master_link_status").equals("up");
  }

  public long backlogBytes() {
    return number("repl_backlog_size");
  }

  public boolean backlogActive() {
    return number("repl_backlog_active") == 1;
  }

  public int connectedReplicas() {
    return (int) number("connected_slaves");
  }

  /** Whether a replica is attached that has announced this port. */
  public boolean hasReplica(int port) {
    String announced = ",port=" + port + ",";
    return values.entrySet().stream()
        .anyMatch(each -> each.getKey().startsWith("slave") && each.getValue().contains(announced));
  }

  public long usedMemoryBytes() {
    return number("used_memory");
  }

  /** The limit, 0 = none; below 3.2 INFO does not tell it. */
  public long maxMemoryBytes() {
    return number("maxmemory");
  }

  public String maxMemoryPolicy() {
    return text("maxmemory_policy");
  }

  public long commandsPerSecond() {
    return number("instantaneous_ops_per_sec");
  }

  public long evictedKeys() {
    return number("evicted_keys");
  }

  /** One line per module, as INFO says it. */
  public List<String> modules() {
    return modules;
  }

  /** Database number to number of keys; databases without keys are missing. */
  public Map<Integer, Long> keysPerDatabase() {
    Map<Integer, Long> keys = new TreeMap<>();
    values.forEach(
        (name, value) -> {
          if (name.startsWith("db") && value.startsWith("keys=")) {
            int end = value.indexOf(',');
            keys.put(
                Integer.valueOf(name.substring(2)),
                Long.valueOf(value.substring(5, end < 0 ? value.length() : end)));
          }
        });
    return keys;
  }
}
