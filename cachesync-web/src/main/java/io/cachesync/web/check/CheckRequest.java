package io.cachesync.web.check;

import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.LimitSpec;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.FilterForm;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * A check as {@code POST /api/v1/checks} takes it. docs/rest-api.md has the fields; what is left
 * out has the form's default.
 *
 * @param task id of the task whose ends and filter it takes; left out, source and target count
 * @param sourceNumber which of the task's sources, from 0; left out, all together
 * @param source name of a registered endpoint
 * @param target name of a registered endpoint
 * @param machine name of a machine; left out, that of the task, or the least loaded ready one
 * @param fullCheck whether redis-full-check does it
 * @param filter of two endpoints: what is compared, and under which names
 */
record CheckRequest(
    Long task,
    Integer sourceNumber,
    String source,
    String target,
    String machine,
    CheckMode mode,
    Integer rounds,
    Long pauseMillis,
    Integer parallel,
    BigDecimal samplePercent,
    Long bigElements,
    Long ttlToleranceMillis,
    Boolean bothDirections,
    Long bytesPerSecond,
    Long commandsPerSecond,
    Boolean fullCheck,
    FilterSpec filter) {
  private static final long SECOND_MILLIS = 1000;
  private static final BigDecimal THOUSAND = BigDecimal.valueOf(SECOND_MILLIS);

  /** As the form has it: an hour. */
  private static final long PAUSE_MILLIS_MAX = 3_600_000;

  /**
   * What would be asked for in the same words. Of a check by redis-full-check only what it does:
   * the form has all fields, and asks for what it leaves out too.
   *
   * @param source name of the chosen endpoint, or null; so are the others
   */
  static CheckRequest of(CheckAsk ask, String source, String target, String machine) {
    CheckSpec spec = ask.spec();
    boolean ofTask = ask.taskId() != null;
    boolean byProgram = spec.program() != null;
    long wholeSeconds = (spec.pauseMillis() + SECOND_MILLIS - 1) / SECOND_MILLIS * SECOND_MILLIS;
    return new CheckRequest(
        ask.taskId(),
        !ofTask || ask.sourceNumber() == Check.ALL_SOURCES ? null : ask.sourceNumber(),
        source,
        target,
        machine,
        spec.mode(),
        spec.rounds(),
        byProgram ? wholeSeconds : spec.pauseMillis(),
        byProgram ? Math.min(spec.parallel(), CheckForm.PROGRAM_PARALLEL_MAX) : spec.parallel(),
        BigDecimal.valueOf(spec.samplePercent()),
        spec.bigKeyElements(),
        byProgram ? null : spec.ttlToleranceMillis(),
        !byProgram && spec.bothDirections(),
        ask.limits().bytesPerSecond(),
        ask.limits().commandsPerSecond(),
        byProgram,
        ofTask ? null : spec.filter());
  }

  /**
   * As if it were typed, so that the same rules hold for it.
   *
   * @param source which of the task's sources
   */
  CheckForm form(
      Long machineId, String source, Long sourceId, Long targetId, ScheduleForm schedule) {
    FilterSpec chosen = filter == null ? FilterSpec.everything() : filter;
    long pause = pauseMillis == null ? CheckSpec.DEFAULT_PAUSE_MILLIS : pauseMillis;
    return new CheckForm(
        text(task, ""),
        source,
        text(sourceId, ""),
        text(targetId, ""),
        text(machineId, ""),
        (mode == null ? CheckMode.FULL : mode).name(),
        text(rounds, String.valueOf(CheckSpec.DEFAULT_ROUNDS)),
        BigDecimal.valueOf(pause).divide(THOUSAND).toPlainString(),
        text(parallel, String.valueOf(CheckSpec.DEFAULT_PARALLEL)),
        samplePercent == null ? "100" : samplePercent.toPlainString(),
        text(bigElements, String.valueOf(CheckSpec.DEFAULT_BIG_KEY_ELEMENTS)),
        text(ttlToleranceMillis, String.valueOf(CheckSpec.DEFAULT_TTL_TOLERANCE_MILLIS)),
        bothDirections == null || bothDirections,
        "",
        "",
        String.join(",", chosen.databases().stream().map(String::valueOf).toList()),
        FilterForm.of(chosen),
        fullCheck,
        schedule);
  }

  /**
   * What a form cannot say: limits below none, a pause in milliseconds, what redis-full-check would
   * leave out, and a task beside what the task has.
   */
  void refuseWhatCannotBe() {
    notNegative("bytesPerSecond", bytesPerSecond);
    notNegative("commandsPerSecond", commandsPerSecond);
    if (pauseMillis != null && (pauseMillis < 0 || pauseMillis > PAUSE_MILLIS_MAX)) {
      throw Refusal.invalid(
          "pauseMillis", "check.invalid.number", "0", String.valueOf(PAUSE_MILLIS_MAX));
    }
    if (Boolean.TRUE.equals(fullCheck)) {
      refuseWhatTheProgramCannot();
    }
    if (task == null) {
      return;
    }
    List<String> beside = new ArrayList<>();
    if (source != null) {
      beside.add("source");
    }
    if (target != null) {
      beside.add("target");
    }
    if (filter != null) {
      beside.add("filter");
    }
    if (!beside.isEmpty()) {
      throw Refusal.invalid("task", "check.invalid.besideTask", String.join(", ", beside));
    }
  }

  LimitSpec limits() {
    return new LimitSpec(
        bytesPerSecond == null ? 0 : bytesPerSecond,
        commandsPerSecond == null ? 0 : commandsPerSecond);
  }

  private void refuseWhatTheProgramCannot() {
    if (Boolean.TRUE.equals(bothDirections)) {
      throw Refusal.invalid("bothDirections", "check.fullCheck.refused.bothDirections");
    }
    if (ttlToleranceMillis != null) {
      throw Refusal.invalid("ttlToleranceMillis", "check.fullCheck.refused.ttlToleranceMillis");
    }
    if (pauseMillis != null && pauseMillis % SECOND_MILLIS != 0) {
      throw Refusal.invalid("pauseMillis", "check.fullCheck.refused.pauseMillis");
    }
  }

  private static void notNegative(String field, Long limit) {
    if (limit != null && limit < 0) {
      throw Refusal.invalid(field, "task.form.whole.invalid", 0, String.valueOf(Long.MAX_VALUE));
    }
  }

  private static String text(Object value, String otherwise) {
    return value == null ? otherwise : String.valueOf(value);
  }
}
