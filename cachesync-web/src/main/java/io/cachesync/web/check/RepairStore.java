package io.cachesync.web.check;

import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairReport;
import io.cachesync.contract.RepairSpec;
import io.cachesync.contract.RepairedKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Repairs as background work reads and changes them. */
@Component
class RepairStore {
  /** Keys that are listed because they were not repaired. */
  static final int MOST_LISTED = 500;

  private static final int AT_ONCE = 500;

  /** How the agent tells a name that is too long to be told whole. */
  private static final Pattern CUT_NAME =
      Pattern.compile("… \\(\\d+ characters, SHA-256 [0-9a-f]{64}\\)$");

  private final RepairMapper repairs;
  private final DifferenceMapper differences;
  private final CheckEnds ends;
  private final JsonMapper json;

  RepairStore(RepairMapper repairs, DifferenceMapper differences, CheckEnds ends, JsonMapper json) {
    this.repairs = repairs;
    this.differences = differences;
    this.ends = ends;
    this.json = json;
  }

  Optional<Repair> find(long checkId) {
    return repairs.find(checkId);
  }

  /** What its agent told last, or null before the first. */
  RepairReport report(Repair repair) {
    return repair.reportJson() == null
        ? null
        : json.readValue(repair.reportJson(), RepairReport.class);
  }

  /** What could not be repaired or was left. */
  List<RepairedKey> results(Repair repair) {
    return repair.resultsJson() == null
        ? List.of()
        : List.of(json.readValue(repair.resultsJson(), RepairedKey[].class));
  }

  void take(long checkId, RepairReport report) {
    repairs.report(checkId, json.writeValueAsString(report));
  }

  /** What an agent is told. */
  RepairSpec spec(Check check, Repair repair) {
    return new RepairSpec(
        ends.byAgent(check),
        repair.deletesExtra(),
        false,
        repair.withinDirectory(),
        repair.undoFile(),
        true);
  }

  /** The keys that were chosen, as far as their names are known. */
  List<NamedKey> keys(Repair repair) {
    return repair.ofCheckId() == null
        ? List.of()
        : keys(repair.ofCheckId(), json.readValue(repair.choiceJson(), RepairChoice.class));
  }

  List<NamedKey> keys(long checkId, RepairChoice choice) {
    List<NamedKey> keys = new ArrayList<>();
    List<String> ids = choice.key();
    if (!ids.isEmpty()) {
      for (int done = 0; done < ids.size(); done += AT_ONCE) {
        add(checkId, ids.subList(done, Math.min(ids.size(), done + AT_ONCE)), keys);
      }
      return keys;
    }
    int offset = 0;
    List<String> page = differences.keys(checkId, choice.filter().where(), AT_ONCE, offset);
    while (!page.isEmpty()) {
      add(checkId, page, keys);
      offset += page.size();
      page = differences.keys(checkId, choice.filter().where(), AT_ONCE, offset);
    }
    return keys;
  }

  private void add(long checkId, List<String> ids, List<NamedKey> keys) {
    for (DifferenceRow row : differences.firstOfKeys(checkId, ids)) {
      if (!CUT_NAME.matcher(row.keyText()).find()) {
        keys.add(new NamedKey(row.dbNumber(), row.keyText(), row.keyBase64()));
      }
    }
  }

  /** Forgets what was listed of a repair, so that it can be listed anew. */
  Listing list(long checkId) {
    return new Listing(checkId);
  }

  /** Keeps what was not repaired. */
  final class Listing {
    private final long checkId;
    private final List<RepairedKey> left = new ArrayList<>();

    private Listing(long checkId) {
      this.checkId = checkId;
    }

    void add(RepairedKey key) {
      boolean done = key.course() == RepairCourse.WRITE || key.course() == RepairCourse.DELETE;
      if (!done && left.size() < MOST_LISTED) {
        left.add(key);
      }
    }

    void close() {
      repairs.results(checkId, json.writeValueAsString(left));
    }
  }
}
