package io.cachesync.web.check;

import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.SyncSpec;
import io.cachesync.web.task.DatabaseNumbers;
import io.cachesync.web.task.FilterForm;
import io.cachesync.web.task.Problem;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * "Check data" as it is typed.
 *
 * @param taskId the task whose ends and filter it takes; empty for two registered endpoints
 * @param sourceNumber which of the task's sources, or {@link #ALL_SOURCES}
 * @param mode a CheckMode
 * @param megabytesPerSecond of each side, empty = no limit
 * @param commandsPerSecond to each side, empty = no limit
 * @param databases numbers and ranges separated by commas; empty = all
 * @param fullCheck whether redis-full-check does it
 * @param schedule when, and whether again and again
 */
record CheckForm(
    String taskId,
    String sourceNumber,
    String sourceEndpointId,
    String targetEndpointId,
    String machineId,
    String mode,
    String rounds,
    String pauseSeconds,
    String parallel,
    String samplePercent,
    String bigElements,
    String ttlToleranceMillis,
    Boolean bothDirections,
    String megabytesPerSecond,
    String commandsPerSecond,
    String databases,
    FilterForm filter,
    Boolean fullCheck,
    ScheduleForm schedule) {
  /** What is chosen for all sources of a task together. */
  static final String ALL_SOURCES = "all";

  /** As many as redis-full-check takes. */
  static final int PROGRAM_PARALLEL_MAX = 100;

  private static final int ROUNDS_MAX = 20;
  private static final BigDecimal PAUSE_MAX = BigDecimal.valueOf(3600);
  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
  private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);
  private static final BigDecimal MEGABYTE = BigDecimal.valueOf(1024 * 1024);
  private static final BigDecimal MEGABYTES_MAX = BigDecimal.valueOf(1_000_000);
  private static final long TOLERANCE_MAX = 86_400_000;
  private static final long WHOLE_MAX = 1_000_000_000;

  CheckForm {
    taskId = clean(taskId);
    sourceNumber = clean(sourceNumber).isEmpty() ? "0" : clean(sourceNumber);
    sourceEndpointId = clean(sourceEndpointId);
    targetEndpointId = clean(targetEndpointId);
    machineId = clean(machineId);
    mode = clean(mode);
    rounds = clean(rounds);
    pauseSeconds = clean(pauseSeconds);
    parallel = clean(parallel);
    samplePercent = clean(samplePercent);
    bigElements = clean(bigElements);
    ttlToleranceMillis = clean(ttlToleranceMillis);
    bothDirections = Boolean.TRUE.equals(bothDirections);
    megabytesPerSecond = clean(megabytesPerSecond);
    commandsPerSecond = clean(commandsPerSecond);
    databases = clean(databases);
    filter = filter == null ? FilterForm.of(FilterSpec.everything()) : filter;
    fullCheck = Boolean.TRUE.equals(fullCheck);
    schedule = schedule == null ? ScheduleForm.once() : schedule;
  }

  /** What most people want. */
  static CheckForm begin(String taskId, int sourceNumber, String machineId) {
    CheckSpec usual =
        CheckSpec.between(null, null)
            .mode(CheckMode.FULL)
            .pauseMillis(CheckSpec.DEFAULT_PAUSE_MILLIS)
            .bothDirections(true)
            .build();
    return of(new CheckAsk(null, sourceNumber, null, null, null, usual, LimitSpec.none()))
        .at(taskId, machineId);
  }

  /** As it could have been typed. */
  static CheckForm of(CheckAsk ask) {
    CheckSpec spec = ask.spec();
    LimitSpec limits = ask.limits();
    return new CheckForm(
        text(ask.taskId()),
        ask.sourceNumber() == Check.ALL_SOURCES ? ALL_SOURCES : String.valueOf(ask.sourceNumber()),
        text(ask.sourceEndpointId()),
        text(ask.targetEndpointId()),
        text(ask.machineId()),
        spec.mode().name(),
        String.valueOf(spec.rounds()),
        plain(BigDecimal.valueOf(spec.pauseMillis()), THOUSAND),
        String.valueOf(spec.parallel()),
        plain(BigDecimal.valueOf(spec.samplePercent()), BigDecimal.ONE),
        String.valueOf(spec.bigKeyElements()),
        String.valueOf(spec.ttlToleranceMillis()),
        spec.bothDirections(),
        limits.bytesPerSecond() == 0
            ? ""
            : plain(BigDecimal.valueOf(limits.bytesPerSecond()), MEGABYTE),
        limits.commandsPerSecond() == 0 ? "" : String.valueOf(limits.commandsPerSecond()),
        String.join(",", spec.filter().databases().stream().map(String::valueOf).toList()),
        FilterForm.of(spec.filter()),
        spec.program() != null,
        ScheduleForm.once());
  }

  boolean ofTask() {
    return !taskId.isEmpty();
  }

  List<Problem> problems(Instant now) {
    List<Problem> problems = new ArrayList<>(schedule.problems(now));
    for (String[] id :
        new String[][] {
          {"taskId", taskId},
          {"sourceEndpointId", sourceEndpointId},
          {"targetEndpointId", targetEndpointId},
          {"machineId", machineId}
        }) {
      if (!id[1].matches("[0-9]{0,18}")) {
        problems.add(Problem.of(id[0], "check.invalid.choose"));
      }
    }
    if (!sourceNumber.equals(ALL_SOURCES) && !sourceNumber.matches("[0-9]{1,9}")) {
      problems.add(Problem.of("sourceNumber", "check.invalid.choose"));
    }
    if (!modes().contains(mode)) {
      problems.add(Problem.of("mode", "task.form.choose"));
    }
    whole("rounds", rounds, 1, ROUNDS_MAX, problems);
    decimal("pauseSeconds", pauseSeconds, BigDecimal.ZERO, PAUSE_MAX, problems);
    whole("parallel", parallel, 1, CheckSpec.MAX_PARALLEL, problems);
    decimal(
        "samplePercent",
        samplePercent,
        BigDecimal.valueOf(CheckSpec.MIN_SAMPLE_PERCENT),
        HUNDRED,
        problems);
    whole("bigElements", bigElements, 1, WHOLE_MAX, problems);
    whole(
        "ttlToleranceMillis",
        ttlToleranceMillis,
        SyncSpec.DEFAULT_EXPIRY_GRACE_MILLIS,
        TOLERANCE_MAX,
        problems);
    problems.addAll(limitProblems(megabytesPerSecond, commandsPerSecond));
    if (fullCheck) {
      problems.addAll(programProblems());
    }
    if (!ofTask()) {
      if (!DatabaseNumbers.areWellFormed(databases)) {
        problems.add(Problem.of("databases", "task.form.databases.invalid"));
      } else {
        problems.addAll(filter.problems(DatabaseNumbers.read(databases)));
      }
    }
    return problems;
  }

  /**
   * What redis-full-check would leave out. That the other direction is ticked, which is offered for
   * checks by the agent only, says nothing: it is where the form begins.
   */
  private List<Problem> programProblems() {
    List<Problem> problems = new ArrayList<>();
    String usual = String.valueOf(CheckSpec.DEFAULT_TTL_TOLERANCE_MILLIS);
    if (!ttlToleranceMillis.equals(usual)) {
      problems.add(Problem.of("ttlToleranceMillis", "check.fullCheck.refused.tolerance", usual));
    }
    if (pauseSeconds.matches("[0-9]+\\.[0-9]*[1-9][0-9]*")) {
      problems.add(Problem.of("pauseSeconds", "check.fullCheck.refused.pauseSeconds"));
    }
    if (parallel.matches("[0-9]{1,9}") && Integer.parseInt(parallel) > PROGRAM_PARALLEL_MAX) {
      problems.add(
          Problem.of(
              "parallel",
              "check.fullCheck.refused.parallel",
              String.valueOf(PROGRAM_PARALLEL_MAX)));
    }
    return problems;
  }

  /** What is asked for, by a form without problems. */
  CheckAsk ask() {
    FilterSpec chosen =
        ofTask() ? FilterSpec.everything() : filter.spec(DatabaseNumbers.read(databases));
    CheckSpec spec =
        CheckSpec.between(null, null)
            .mode(CheckMode.valueOf(mode))
            .filter(chosen)
            .rounds(Integer.parseInt(rounds))
            .pauseMillis(new BigDecimal(pauseSeconds).multiply(THOUSAND).longValue())
            .samplePercent(Double.parseDouble(samplePercent))
            .ttlToleranceMillis(Long.parseLong(ttlToleranceMillis))
            .bothDirections(bothDirections && !fullCheck)
            .parallel(Integer.parseInt(parallel))
            .bigKeyElements(Long.parseLong(bigElements))
            .program(fullCheck ? FullCheckProgram.WANTED : null)
            .build();
    return new CheckAsk(
        id(taskId),
        sourceNumber.equals(ALL_SOURCES) ? Check.ALL_SOURCES : Integer.parseInt(sourceNumber),
        id(sourceEndpointId),
        id(targetEndpointId),
        id(machineId),
        spec,
        limits(megabytesPerSecond, commandsPerSecond));
  }

  static List<String> modes() {
    return Arrays.stream(CheckMode.values())
        .filter(mode -> mode != CheckMode.UNKNOWN)
        .map(CheckMode::name)
        .toList();
  }

  static List<Problem> limitProblems(String megabytes, String commands) {
    List<Problem> problems = new ArrayList<>();
    if (!megabytes.isEmpty()) {
      BigDecimal least = BigDecimal.valueOf(1, 3);
      decimal("megabytesPerSecond", megabytes, least, MEGABYTES_MAX, problems);
    }
    if (!commands.isEmpty()) {
      whole("commandsPerSecond", commands, 1, WHOLE_MAX, problems);
    }
    return problems;
  }

  static LimitSpec limits(String megabytes, String commands) {
    return new LimitSpec(
        megabytes.isEmpty() ? 0 : new BigDecimal(megabytes).multiply(MEGABYTE).longValue(),
        commands.isEmpty() ? 0 : Long.parseLong(commands));
  }

  private CheckForm at(String newTaskId, String newMachineId) {
    return with(newTaskId, newMachineId, schedule);
  }

  /** At other times. */
  CheckForm at(ScheduleForm times) {
    return with(taskId, machineId, times);
  }

  private CheckForm with(String newTaskId, String newMachineId, ScheduleForm newSchedule) {
    return new CheckForm(
        newTaskId,
        sourceNumber,
        sourceEndpointId,
        targetEndpointId,
        newMachineId,
        mode,
        rounds,
        pauseSeconds,
        parallel,
        samplePercent,
        bigElements,
        ttlToleranceMillis,
        bothDirections,
        megabytesPerSecond,
        commandsPerSecond,
        databases,
        filter,
        fullCheck,
        newSchedule);
  }

  private static void whole(
      String field, String text, long least, long most, List<Problem> problems) {
    if (!text.matches("[0-9]{1,10}")
        || Long.parseLong(text) < least
        || Long.parseLong(text) > most) {
      problems.add(
          Problem.of(field, "check.invalid.number", String.valueOf(least), String.valueOf(most)));
    }
  }

  private static void decimal(
      String field, String text, BigDecimal least, BigDecimal most, List<Problem> problems) {
    if (!text.matches("[0-9]{1,9}(\\.[0-9]{1,6})?")
        || new BigDecimal(text).compareTo(least) < 0
        || new BigDecimal(text).compareTo(most) > 0) {
      problems.add(
          Problem.of(field, "check.invalid.number", least.toPlainString(), most.toPlainString()));
    }
  }

  private static Long id(String text) {
    return text.isEmpty() ? null : Long.valueOf(text);
  }

  private static String text(Long id) {
    return id == null ? "" : String.valueOf(id);
  }

  private static String plain(BigDecimal amount, BigDecimal unit) {
    return amount.divide(unit, 6, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString();
  }

  private static String clean(String text) {
    return text == null ? "" : text.strip();
  }
}
