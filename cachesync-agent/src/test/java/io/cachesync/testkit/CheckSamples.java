package io.cachesync.testkit;

import io.cachesync.contract.AgentUsage;
import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.CheckReport;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.FormerValue;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.JobSpec;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.LogLine;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairOrder;
import io.cachesync.contract.RepairPhase;
import io.cachesync.contract.RepairPlanSpec;
import io.cachesync.contract.RepairReason;
import io.cachesync.contract.RepairReport;
import io.cachesync.contract.RepairSpec;
import io.cachesync.contract.RepairedKey;
import io.cachesync.contract.ReportSpec;
import io.cachesync.contract.Topology;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The part of {@link ContractSamples} that checks and repairs have. */
final class CheckSamples {
  private CheckSamples() {}

  /** File name to record. */
  static Map<String, Object> all() {
    Map<String, Object> samples = new LinkedHashMap<>();
    samples.put("job-spec-check-sources.json", checkOfSources());
    samples.put("job-spec-check.json", checkSpec());
    samples.put("job-report-check.json", checkReport());
    samples.put("check-difference.json", difference());
    samples.put("job-spec-repair.json", repairSpec());
    samples.put("job-report-repair.json", repairReport());
    samples.put("repair-plan-spec.json", repairPlan());
    samples.put("repair-order.json", new RepairOrder(List.of("10.0.0.1:6379"), "/d/undo", true));
    samples.put(
        "repair-order-sources.json",
        new RepairOrder(
            List.of(),
            "/d/undo",
            false,
            List.of(
                new RepairOrder.Part(List.of("10.0.0.1:6379"), 12),
                new RepairOrder.Part(List.of("10.0.0.3:6379", "10.0.0.4:6379"), 3))));
    samples.put(
        "repaired-key.json",
        new RepairedKey(
            3,
            "user:7",
            "",
            RepairCourse.FAIL,
            "hash",
            "none",
            "10.0.0.1:6379 and 10.0.0.2:6379 have it",
            RepairReason.SEVERAL_SOURCES,
            "10.0.0.1:6379, 10.0.0.2:6379"));
    samples.put(
        "former-value.json",
        new FormerValue(
            3, "k\\xff", "a/8=", true, 1_795_300_000_000L, "AAF4", "orders:sync:", false));
    return samples;
  }

  private static JobSpec checkSpec() {
    CheckSpec check =
        CheckSpec.between(
                ContractSamples.source(),
                new RedisEndpoint(Topology.STANDALONE, List.of("10.0.0.2:6379"), "app", null))
            .mode(CheckMode.SMART)
            .filter(new FilterSpec(List.of(0, 3), false))
            .rounds(2)
            .pauseMillis(500)
            .samplePercent(12.5)
            .ttlToleranceMillis(3000)
            .bothDirections(false)
            .parallel(8)
            .bigKeyElements(1000)
            .sourceLimits(new LimitSpec(1_000_000, 5000))
            .targetLimits(new LimitSpec(1_000_000, 5000))
            .keyPrefix("cachesync:")
            .build();
    return new JobSpec(
        "check-7",
        2,
        check,
        new ReportSpec("https://10.0.0.9:8443/agent/v1/reports", "ab12", 1000));
  }

  private static JobSpec checkOfSources() {
    JobSpec one = checkSpec();
    RedisEndpoint second =
        new RedisEndpoint(Topology.STANDALONE, List.of("10.0.0.3:6379"), "", null);
    return new JobSpec("check-7", 2, one.check().and(List.of(second)), one.report());
  }

  private static JobReport checkReport() {
    CheckReport check =
        new CheckReport(
            1_795_300_000_000L,
            1_795_300_004_000L,
            CheckPhase.PAUSING,
            null,
            CheckMode.SMART,
            1,
            2,
            100,
            3,
            1,
            Map.of(DifferenceKind.MISSING, 2L, DifferenceKind.TTL, 1L),
            Map.of("string", 2L, "hash", 1L),
            List.of(
                new CheckReport.Round(
                    1,
                    3500,
                    1000,
                    4,
                    Map.of(DifferenceKind.MISSING, 3L, DifferenceKind.TTL, 1L),
                    Map.of("string", 3L, "hash", 1L))),
            new CheckReport.Side("10.0.0.1:6379", "6.2.7", 1001, 1001, 2010, 80_000, 570, 22_000),
            new CheckReport.Side("10.0.0.2:6379", "7.4.1", 998, 998, 2008, 79_000, 570, 21_900));
    return new JobReport(
        "check-7",
        2,
        5,
        1_795_300_004_001L,
        -1,
        Phase.UNKNOWN,
        null,
        List.of(),
        List.of(new LogLine(1_795_300_004_000L, LogLevel.INFO, -1, "PAUSING.")),
        new AgentUsage(900, 30_000_000, 5_000_000_000L),
        check);
  }

  private static CheckDifference difference() {
    return new CheckDifference(
        0,
        "user:\\xff",
        "dXNlcjr/",
        "hash",
        DifferenceKind.FIELD_VALUE,
        "name",
        "",
        "Ann",
        "Bob",
        1_795_300_003_900L,
        2,
        81_234,
        3);
  }

  private static RepairSpec repair() {
    return new RepairSpec(
        checkSpec().check(), true, false, "/home/m/cachesync/jobs/7", "/home/m/undo.jsonl", true);
  }

  private static JobSpec repairSpec() {
    return new JobSpec("check-8", 1, repair(), null);
  }

  private static RepairPlanSpec repairPlan() {
    return new RepairPlanSpec(
        repair(),
        List.of(new NamedKey(0, "user:7", ""), new NamedKey(3, "k\\xff", "a/8=")),
        new JobSecrets("", "source-secret", "target-secret"));
  }

  private static JobReport repairReport() {
    RepairReport repair =
        new RepairReport(
            1_795_300_000_000L,
            1_795_300_004_000L,
            RepairPhase.REPAIRING,
            null,
            12,
            5,
            Map.of(RepairCourse.WRITE, 4L, RepairCourse.LEAVE, 1L),
            null);
    return new JobReport(
        "check-8",
        1,
        2,
        1_795_300_004_001L,
        -1,
        Phase.UNKNOWN,
        null,
        List.of(),
        List.of(),
        null,
        null,
        repair);
  }
}
