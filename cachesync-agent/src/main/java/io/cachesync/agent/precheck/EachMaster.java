package io.cachesync.agent.precheck;

import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.Severity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures at each master of an end. Where the same is to be said of several, it is said once: with
 * the numbers of the gravest, whose address stands first, and the others' addresses behind it.
 */
final class EachMaster {
  private EachMaster() {}

  /** What is not a pass; or, where everything is, the passes. */
  static List<PrecheckFinding> of(End end, Measure measure) throws IOException {
    return ofAll(end, master -> List.of(measure.at(master)));
  }

  /** As above, where several things may be said of one master. */
  static List<PrecheckFinding> ofAll(End end, MeasureAll measure) throws IOException {
    Map<String, Group> groups = new LinkedHashMap<>();
    for (Server master : end.masters()) {
      for (Finding finding : measure.at(master)) {
        groups.computeIfAbsent(finding.kind(), kind -> new Group()).add(master, finding);
      }
    }
    List<PrecheckFinding> all = groups.values().stream().map(Group::done).toList();
    List<PrecheckFinding> wrong =
        all.stream().filter(finding -> finding.severity() != Severity.PASS).toList();
    return wrong.isEmpty() ? all : wrong;
  }

  /** What is to be said of one master; its value {@code address} is filled in here. */
  @FunctionalInterface
  interface Measure {
    Finding at(Server master) throws IOException;
  }

  /** At least one thing that is to be said of one master. */
  @FunctionalInterface
  interface MeasureAll {
    List<Finding> at(Server master) throws IOException;
  }

  /** Masters of which the same is to be said. */
  private static final class Group {
    private final List<String> others = new ArrayList<>();
    private String address;
    private Finding gravest;

    private void add(Server master, Finding finding) {
      if (gravest == null) {
        address = master.address();
        gravest = finding;
      } else if (finding.weight() > gravest.weight()) {
        others.add(0, address);
        address = master.address();
        gravest = finding;
      } else {
        others.add(master.address());
      }
    }

    private PrecheckFinding done() {
      String all = others.isEmpty() ? address : address + " (+ " + String.join(", ", others) + ')';
      return gravest.with("address", all).done();
    }
  }
}
