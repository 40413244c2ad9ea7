package io.cachesync.web.check;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.CheckReport;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.Fault;
import io.cachesync.contract.Topology;
import io.cachesync.web.agent.ContractJson;
import io.cachesync.web.agent.Job;
import io.cachesync.web.agent.JobOwner;
import io.cachesync.web.endpoint.Endpoint;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Checks and what agents tell of them, for tests. */
final class CheckCase {
  static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
  static final long MACHINE = 3;

  private CheckCase() {}

  /** One of two registered endpoints, as it is asked for. */
  static Check asked(String source, String target) {
    CheckSpec spec =
        CheckSpec.between(null, null).mode(CheckMode.FULL).rounds(2).pauseMillis(100).build();
    return new Check(
        null,
        null,
        "",
        0,
        11L,
        source,
        12L,
        target,
        "e".repeat(64),
        MACHINE,
        "m-1",
        ContractJson.write(spec),
        0,
        0,
        CheckState.QUEUED,
        NOW,
        0,
        null,
        null,
        null,
        null,
        0,
        0,
        0,
        Check.NOT_LISTED,
        "ann",
        NOW,
        null,
        null);
  }

  static CheckReport report(CheckPhase phase, long different, Fault fault) {
    CheckReport.Side side = new CheckReport.Side("10.0.0.1:6379", "7.0.15", 50, 50, 99, 9999, 5, 6);
    return new CheckReport(
        NOW.toEpochMilli(),
        NOW.toEpochMilli() + 1000,
        phase,
        fault,
        CheckMode.FULL,
        1,
        2,
        50,
        different,
        0,
        different == 0 ? Map.of() : Map.of(DifferenceKind.VALUE, different),
        different == 0 ? Map.of() : Map.of("string", different),
        List.of(new CheckReport.Round(1, 900, 50, different, Map.of(), Map.of())),
        side,
        side);
  }

  /** The same with a further source. */
  static CheckReport and(CheckReport report, CheckReport.Side further) {
    return new CheckReport(
        report.startedMillis(),
        report.atMillis(),
        report.phase(),
        report.fault(),
        report.mode(),
        report.round(),
        report.rounds(),
        report.percent(),
        report.differentKeys(),
        report.settlingKeys(),
        report.differencesByKind(),
        report.differencesByType(),
        report.settled(),
        report.source(),
        report.target(),
        0,
        List.of(further));
  }

  static CheckDifference ofSource(String key, int number) {
    return new CheckDifference(
        0,
        key,
        "",
        "hash",
        DifferenceKind.VALUE,
        "",
        "",
        "",
        "",
        NOW.toEpochMilli(),
        2,
        1,
        0,
        number);
  }

  static CheckDifference difference(String key, DifferenceKind kind, String field) {
    return new CheckDifference(
        0, key, "", "hash", kind, field, "", "Ann", "Bob", NOW.toEpochMilli(), 2, 4711, 0);
  }

  static Endpoint endpoint(long id, String name, String address) {
    return new Endpoint(
        id,
        name,
        "",
        "",
        "",
        Topology.STANDALONE,
        address,
        "",
        "",
        "",
        false,
        "",
        false,
        false,
        null,
        "",
        null,
        null,
        null,
        null,
        0,
        NOW,
        NOW);
  }

  /** Its job. */
  static Job job(Check check, Instant startedAt, Instant lastReportAt, Instant endedAt) {
    return new Job(
        check.jobId(),
        JobOwner.check(check.id()).text(),
        MACHINE,
        1,
        77,
        1,
        "boot",
        "/base/jobs/" + check.jobId(),
        "http://console/agent/v1/reports",
        1,
        lastReportAt,
        startedAt,
        endedAt);
  }
}
