package io.cachesync.agent.precheck;

import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.UnsupportedPolicy;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** What the source holds that the target's version has no place for in any form. */
final class OlderTargetFindings {
  private static final int STREAMS_SINCE = 500;
  private static final int STREAMS_RDB = 9;
  private static final int FIELD_TIMES_RDB = 12;
  private static final int FUNCTIONS_SINCE = 700;

  /** A server up to 4.0 sends the text of a script, a later one what it did. */
  private static final int EFFECTS_SINCE = 500;

  /** A look that a busy source does not feel. */
  private static final int SCAN_ROUNDS = 20;

  private static final String KEYS_AT_ONCE = "1000";

  private final PrecheckCode code;
  private final Ends ends;
  private final ServerInfo source;
  private final ServerInfo target;

  OlderTargetFindings(PrecheckCode code, Ends ends, ServerInfo source, ServerInfo target) {
    this.code = code;
    this.ends = ends;
    this.source = source;
    this.target = target;
  }

  void addTo(List<PrecheckFinding> findings) throws IOException {
    Set<String> called = ends.calledCommands();
    if (source.commandLevel() >= STREAMS_SINCE && target.rdbVersion() < STREAMS_RDB) {
      streams(called).ifPresent(findings::add);
    }
    long timed = source.rdbVersion() >= FIELD_TIMES_RDB ? hashesWithFieldTimes() : 0;
    if (timed > 0 && target.rdbVersion() < FIELD_TIMES_RDB) {
      findings.add(told("fields").with("keys", timed).done());
    }
    if (source.commandLevel() >= FUNCTIONS_SINCE && target.commandLevel() < FUNCTIONS_SINCE) {
      if (called.contains("FCALL") || hasLibraries()) {
        findings.add(told("functions").done());
      }
    }
    boolean sendsTexts = source.commandLevel() < EFFECTS_SINCE;
    if (sendsTexts && target.commandLevel() >= EFFECTS_SINCE && runsScripts(called)) {
      findings.add(versions(Finding.warning(code, "scripts")).done());
    }
  }

  private Optional<PrecheckFinding> streams(Set<String> called) throws RedisException {
    Sight sight = called.contains("XADD") ? Sight.SEEN : look();
    return switch (sight) {
      case SEEN -> Optional.of(told("streams").done());
      case NOT_SURE -> Optional.of(versions(Finding.warning(code, "maybeStreams")).done());
      case NONE -> Optional.empty();
    };
  }

  private enum Sight {
    SEEN,
    NONE,
    NOT_SURE
  }

  /** Looks through some of the keys that are moved, on servers that can tell their types so. */
  private Sight look() throws RedisException {
    Sight sight = Sight.NONE;
    for (Server master : ends.source().masters()) {
      for (int database : ends.movedKeyspace().keySet()) {
        Sight here = look(master, database);
        if (here == Sight.SEEN) {
          return here;
        }
        sight = here == Sight.NOT_SURE ? here : sight;
      }
    }
    return sight;
  }

  private static Sight look(Server master, int database) throws RedisException {
    if (!master.version().atLeast(6, 0)
        || master.call("SELECT", Integer.toString(database)).isError()) {
      return Sight.NOT_SURE;
    }
    String cursor = "0";
    for (int round = 0; round < SCAN_ROUNDS; round++) {
      RespValue page = master.call("SCAN", cursor, "COUNT", KEYS_AT_ONCE, "TYPE", "stream");
      if (page.isError()) {
        return Sight.NOT_SURE;
      }
      if (!page.elements().get(1).elements().isEmpty()) {
        return Sight.SEEN;
      }
      cursor = page.elements().get(0).text();
      if (cursor.equals("0")) {
        return Sight.NONE;
      }
    }
    return Sight.NOT_SURE;
  }

  /** From 7.4 on INFO tells it of each database. */
  private long hashesWithFieldTimes() {
    SortedMap<Integer, Keyspace> moved = ends.movedKeyspace();
    return moved.values().stream().mapToLong(Keyspace::fieldExpires).sum();
  }

  private boolean hasLibraries() throws RedisException {
    for (Server master : ends.source().masters()) {
      RespValue libraries = master.call("FUNCTION", "LIST");
      if (!libraries.isError() && !libraries.elements().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static boolean runsScripts(Set<String> called) {
    return called.contains("EVAL") || called.contains("EVALSHA");
  }

  /** A block, or where the task leaves such things out a warning. */
  private Finding told(String variant) {
    boolean skips = ends.sync().onUnsupported() == UnsupportedPolicy.SKIP;
    return versions(skips ? Finding.warning(code, variant) : Finding.block(code, variant));
  }

  private Finding versions(Finding finding) {
    return finding
        .with("sourceProduct", source.product())
        .with("sourceVersion", source.version())
        .with("targetProduct", target.product())
        .with("targetVersion", target.version());
  }
}
