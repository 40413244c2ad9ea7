package io.cachesync.agent.precheck;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Nobody else writes to the target: write commands that it was called while these checks ran, and
 * who it shows as having sent them.
 *
 * <pre>
 * id=3 addr=10.0.0.7:5120 name=cart age=9 idle=0 flags=N db=0 … cmd=set …
 * </pre>
 */
final class TargetWritersCheck implements Check {
  /** What an engine of ours calls its connections; other tasks have their own databases. */
  private static final String OURS = "cachesync-";

  private static final int NAMED = 5;

  @Override
  public PrecheckCode code() {
    return PrecheckCode.TARGET_WRITERS;
  }

  @Override
  public boolean isOfAllSources() {
    return true;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    // Waits until the time in which writes are counted is long enough.
    ends.writes().bytesPerSecond();
    return EachMaster.of(ends.target(), master -> measure(ends, master));
  }

  private Finding measure(Ends ends, Server master) throws IOException {
    SortedMap<String, Long> writes = ends.targetCalls().writesSince(master);
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - ends.targetCalls().nanos());
    long count = writes.values().stream().mapToLong(Long::longValue).sum();
    if (count == 0) {
      return Finding.pass(code()).with("millis", millis);
    }
    Optional<List<String>> clients = master.clients();
    List<String> foreign = new ArrayList<>();
    boolean ours = false;
    for (String line : clients.orElse(List.of())) {
      Map<String, String> client = fields(line);
      if (!isWriter(client, 1 + TimeUnit.MILLISECONDS.toSeconds(millis))) {
        continue;
      }
      if (client.getOrDefault("name", "").startsWith(OURS)) {
        ours = true;
      } else {
        foreign.add(shown(client));
      }
    }
    Finding finding;
    if (!foreign.isEmpty()) {
      finding = Finding.warning(code(), "others").with("clients", listed(foreign));
    } else if (ours) {
      finding = Finding.pass(code()).variant("tasks");
    } else {
      finding = Finding.warning(code(), clients.isEmpty() ? "unnamed" : "gone");
    }
    return finding
        .weight(count)
        .with("count", count)
        .with("commands", Counts.text(writes))
        .with("millis", millis);
  }

  /** The link of a replica or of a master is no client that writes of its own. */
  private static boolean isWriter(Map<String, String> client, long withinSeconds) {
    String flags = client.getOrDefault("flags", "");
    String command = client.getOrDefault("cmd", "").replaceFirst("\\|.*", "");
    return !flags.contains("S")
        && !flags.contains("M")
        && seconds(client.getOrDefault("idle", "")) <= withinSeconds
        && (TargetCalls.isWrite(command.toUpperCase(Locale.ROOT)) || command.equals("exec"));
  }

  private static long seconds(String idle) {
    return idle.matches("\\d{1,9}") ? Long.parseLong(idle) : Long.MAX_VALUE;
  }

  private static String shown(Map<String, String> client) {
    String name = client.getOrDefault("name", "");
    String address = client.getOrDefault("addr", "?");
    return name.isEmpty() ? address : address + " (" + name + ')';
  }

  private static String listed(List<String> clients) {
    String first = clients.stream().limit(NAMED).collect(Collectors.joining(", "));
    return clients.size() > NAMED ? first + " (+ " + (clients.size() - NAMED) + ')' : first;
  }

  private static Map<String, String> fields(String line) {
    Map<String, String> fields = new HashMap<>();
    for (String field : line.trim().split(" ", -1)) {
      int equals = field.indexOf('=');
      if (equals > 0) {
        fields.put(field.substring(0, equals), field.substring(equals + 1));
      }
    }
    return fields;
  }
}
