package io.cachesync.agent.job;

import io.cachesync.agent.precheck.Precheck;
import io.cachesync.agent.precheck.Probe;
import io.cachesync.agent.repair.RepairPlan;
import io.cachesync.contract.EndpointFacts;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.PrecheckSpec;
import io.cachesync.contract.ProbeSpec;
import io.cachesync.contract.RepairPhase;
import io.cachesync.contract.RepairPlanSpec;
import io.cachesync.contract.RepairReport;
import io.cachesync.contract.RepairSpec;
import io.cachesync.contract.RepairedKey;
import io.cachesync.contract.Severity;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;

/**
 * What an agent answers while somebody waits: no job directory, no reports, nothing kept. Specs
 * come as one JSON value, answers go as JSON lines.
 */
public final class Foreground {
  private Foreground() {}

  /**
   * Reads a spec.
   *
   * @throws IllegalArgumentException where the text is none or lacks a field; never with the text
   *     itself
   */
  public static PrecheckSpec precheckSpec(String json) {
    return read(json, PrecheckSpec.class);
  }

  /**
   * Reads a spec.
   *
   * @throws IllegalArgumentException where the text is none or lacks a field; never with the text
   *     itself
   */
  public static ProbeSpec probeSpec(String json) {
    return read(json, ProbeSpec.class);
  }

  /**
   * Runs a precheck.
   *
   * @param workFolder where the agent would keep its relay log; must exist
   * @return the gravest severity
   */
  public static Severity precheck(
      PrecheckSpec spec, Path workFolder, Consumer<PrecheckFinding> findings) {
    return new Precheck(spec, workFolder).run(findings);
  }

  /**
   * Reads a spec.
   *
   * @throws IllegalArgumentException where the text is none or lacks a field; never with the text
   *     itself
   */
  public static RepairPlanSpec repairPlanSpec(String json) {
    return read(json, RepairPlanSpec.class);
  }

  /**
   * Tells what a repair would do with each key; writes nothing.
   *
   * @return whether it could be told of all, or why not
   */
  public static RepairReport planRepair(RepairPlanSpec spec, Consumer<RepairedKey> plan) {
    RepairCounts counts = new RepairCounts(Clock.systemUTC());
    counts.keys(spec.keys().size());
    RepairSpec repair = spec.repair();
    try (RepairPlan keys = new RepairPlan(repair, spec.secrets())) {
      keys.run(
          spec.keys(),
          key -> {
            counts.add(key);
            plan.accept(key);
          });
      counts.end(RepairPhase.DONE, null);
    } catch (FaultException e) {
      counts.end(RepairPhase.FAILED, e.fault());
    }
    return counts.report(null);
  }

  public static EndpointFacts probe(ProbeSpec spec) {
    return Probe.look(spec);
  }

  /** One line of JSON, in ASCII: sessions over SSH often have no UTF-8 locale. */
  public static String line(Object contractRecord) {
    return ContractJson.writeAscii(contractRecord);
  }

  private static <T> T read(String json, Class<T> type) {
    try {
      T value = ContractJson.read(json, type);
      if (value == null) {
        throw new IllegalArgumentException("the spec is empty");
      }
      String missing = MissingField.in(value);
      if (!missing.isEmpty()) {
        throw new IllegalArgumentException("the spec lacks " + missing);
      }
      return value;
    } catch (JacksonException e) {
      // Its message quotes the text, which holds passwords.
      throw new IllegalArgumentException("the spec is no JSON of a " + type.getSimpleName());
    }
  }
}
