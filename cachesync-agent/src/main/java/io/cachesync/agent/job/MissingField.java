package io.cachesync.agent.job;

import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.JobSpec;
import io.cachesync.contract.PrecheckSpec;
import io.cachesync.contract.ProbeSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.RepairPlanSpec;
import io.cachesync.contract.RepairSpec;
import io.cachesync.contract.ReportSpec;
import io.cachesync.contract.SyncSpec;

/**
 * What a spec cannot do without. The records let every field be missing, as agents and consoles of
 * different versions read each other's; who has written one by hand hears here what it lacks.
 */
final class MissingField {
  private MissingField() {}

  /**
   * The first field that a spec lacks, such as {@code sync.source.addresses}; empty where it lacks
   * none, or is of a kind that needs none.
   */
  static String in(Object spec) {
    if (spec instanceof JobSpec job) {
      return inJob(job);
    }
    if (spec instanceof PrecheckSpec precheck) {
      String sync = inSync(precheck.sync());
      return sync.isEmpty() ? ofNull(precheck.secrets(), "secrets") : sync;
    }
    if (spec instanceof ProbeSpec probe) {
      return inEndpoint(probe.endpoint(), "endpoint");
    }
    if (spec instanceof RepairPlanSpec plan) {
      String repair = inRepair(plan.repair());
      return repair.isEmpty() ? ofNull(plan.secrets(), "secrets") : repair;
    }
    return "";
  }

  private static String inJob(JobSpec job) {
    if (job.jobId() == null) {
      return "jobId";
    }
    if (job.sync() == null && job.check() == null && job.repair() == null) {
      return "sync, check or repair";
    }
    ReportSpec report = job.report();
    if (report != null && report.url() == null) {
      return "report.url";
    }
    if (job.repair() != null) {
      return inRepair(job.repair());
    }
    return job.check() != null ? inCheck(job.check(), "check") : inSync(job.sync());
  }

  private static String inSync(SyncSpec sync) {
    if (sync == null) {
      return "sync";
    }
    if (sync.task() == null) {
      return "sync.task";
    }
    String source = inEndpoint(sync.source(), "sync.source");
    return source.isEmpty() ? inEndpoint(sync.target(), "sync.target") : source;
  }

  private static String inRepair(RepairSpec repair) {
    return repair == null ? "repair" : inCheck(repair.check(), "repair.check");
  }

  private static String inCheck(CheckSpec check, String name) {
    if (check == null) {
      return name;
    }
    String source = inEndpoint(check.source(), name + ".source");
    return source.isEmpty() ? inEndpoint(check.target(), name + ".target") : source;
  }

  private static String inEndpoint(RedisEndpoint endpoint, String name) {
    if (endpoint == null) {
      return name;
    }
    return endpoint.addresses().isEmpty() ? name + ".addresses" : "";
  }

  private static String ofNull(Object value, String name) {
    return value == null ? name : "";
  }
}
