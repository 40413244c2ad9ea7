package io.cachesync.web.check;

import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairReason;
import io.cachesync.contract.RepairReport;
import io.cachesync.contract.RepairSpec;
import io.cachesync.contract.RepairedKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Repairs as background work reads and changes them. */
@Component
class RepairStore {
  /** Keys that are listed because they were not repaired. */
  static final int MOST_LISTED = 500;

  private static final int AT_ONCE = 500;

  /** Why a key cannot be repaired of whose name only the beginning is known. */
  private static final String UNNAMED =
      "only the beginning of its name is known: repair it on the machine, from the result file of"
          + " the verb check";

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
        : chosen(repair.ofCheckId(), json.readValue(repair.choiceJson(), RepairChoice.class))
            .named();
  }

  ChosenKeys chosen(long checkId, RepairChoice choice) {
    ChosenKeys keys = new ChosenKeys();
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

  private void add(long checkId, List<String> ids, ChosenKeys keys) {
    for (DifferenceRow row : differences.firstOfKeys(checkId, ids)) {
      keys.add(new NamedKey(row.dbNumber(), row.keyText(), row.keyBase64()));
    }
  }

  /** As {@link Repair#resultsJson} has them from the start; null for none. */
  String unnamed(ChosenKeys keys) {
    if (keys.unnamed().isEmpty()) {
      return null;
    }
    return json.writeValueAsString(
        keys.unnamed().stream()
            .limit(MOST_LISTED)
            .map(
                key ->
                    new RepairedKey(key, RepairCourse.FAIL, UNNAMED, RepairReason.NAME_UNKNOWN, ""))
            .toList());
  }

  /** Forgets what an agent has told of a repair, so that it can be listed anew. */
  Listing list(long checkId) {
    List<RepairedKey> before =
        repairs.find(checkId).map(this::results).orElse(List.of()).stream()
            .filter(key -> key.reason() == RepairReason.NAME_UNKNOWN || key.error().equals(UNNAMED))
            .toList();
    return new Listing(checkId, before);
  }

  /** A list of names is no place for long ones: these are shown in part. */
  private static RepairedKey shown(RepairedKey key) {
    return key.key().length() <= NamedKey.LONGEST_SHOWN
        ? key
        : new RepairedKey(
            key.database(),
            NamedKey.shown(key.key()),
            "",
            key.course(),
            key.sourceType(),
            key.targetType(),
            key.error(),
            key.reason(),
            key.detail());
  }

  /** Keeps what was not repaired. */
  final class Listing {
    private final long checkId;
    private final List<RepairedKey> left;

    private Listing(long checkId, List<RepairedKey> before) {
      this.checkId = checkId;
      this.left = new ArrayList<>(before);
    }

    void add(RepairedKey key) {
      boolean done = key.course() == RepairCourse.WRITE || key.course() == RepairCourse.DELETE;
      if (!done && left.size() < MOST_LISTED) {
        left.add(shown(key));
      }
    }

    void close() {
      repairs.results(checkId, json.writeValueAsString(left));
    }
  }
}
