package io.cachesync.web.task;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Step 3 of the wizard: how it is done, and what it is called.
 *
 * @param megabytesPerSecond empty = no limit
 * @param commandsPerSecond empty = no limit
 * @param start {@code now} or {@code at}
 * @param startAt local date and time as a browser sends it, {@code 2026-01-31T22:00}
 * @param zone the browser's time zone, empty = UTC
 * @param restartLimit how often a dead agent is started again
 * @param lagBoundSeconds a link is in sync while its lag stays under this
 * @param stayOnMachine whether it waits for its machine instead of being taken over by another
 * @param parallelFullSyncs how many shards or sources are copied at once; empty = the agent's own
 *     number
 */
record HowForm(
    String name,
    String megabytesPerSecond,
    String commandsPerSecond,
    String start,
    String startAt,
    String zone,
    String restartLimit,
    String lagBoundSeconds,
    String tags,
    String notes,
    Boolean stayOnMachine,
    String parallelFullSyncs) {
  static final String PARALLEL = "parallelFullSyncs";
  static final int NAME_MAX = 120;

  /** Whoever means a later one has mistyped the year. */
  private static final Duration LATEST_START = Duration.ofDays(366);

  private static final int NOTES_MAX = 4000;
  private static final int TAG_MAX = 40;
  private static final int TAGS_MAX = 400;
  private static final int RESTARTS_MAX = 1000;

  /** As many as a cluster has masters. */
  private static final int PARALLEL_MAX = 1000;

  private static final BigDecimal MEGABYTE = BigDecimal.valueOf(1024 * 1024);
  private static final BigDecimal MEGABYTES_MAX = BigDecimal.valueOf(1_000_000);
  private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);
  private static final BigDecimal LAG_MAX = BigDecimal.valueOf(86_400);

  HowForm {
    name = clean(name);
    megabytesPerSecond = clean(megabytesPerSecond);
    commandsPerSecond = clean(commandsPerSecond);
    start = clean(start);
    startAt = clean(startAt);
    zone = clean(zone);
    restartLimit = clean(restartLimit);
    lagBoundSeconds = clean(lagBoundSeconds);
    tags = clean(tags);
    notes = clean(notes);
    stayOnMachine = Boolean.TRUE.equals(stayOnMachine);
    parallelFullSyncs = clean(parallelFullSyncs);
  }

  static HowForm of(Task task, TaskSpec spec) {
    TaskSpec.How asked = spec.how();
    boolean later = asked.startAt() != null;
    return new HowForm(
        task.name(),
        asked.bytesPerSecond() == 0 ? "" : megabytes(asked.bytesPerSecond()),
        asked.commandsPerSecond() == 0 ? "" : String.valueOf(asked.commandsPerSecond()),
        later ? "at" : "now",
        later ? LocalDateTime.ofInstant(asked.startAt(), ZoneOffset.UTC).toString() : "",
        later ? "UTC" : "",
        String.valueOf(asked.restartLimit()),
        plain(asked.lagBoundMillis(), THOUSAND),
        String.join(", ", task.tagList()),
        task.notes(),
        asked.stayOnMachine(),
        asked.parallelFullSyncs() == 0 ? "" : String.valueOf(asked.parallelFullSyncs()));
  }

  HowForm named(String newName) {
    return new HowForm(
        newName,
        megabytesPerSecond,
        commandsPerSecond,
        start,
        startAt,
        zone,
        restartLimit,
        lagBoundSeconds,
        tags,
        notes,
        stayOnMachine,
        parallelFullSyncs);
  }

  List<Problem> problems(Instant now) {
    List<Problem> problems = new ArrayList<>();
    if (name.isEmpty()) {
      problems.add(Problem.of("name", "common.field.required"));
    } else if (name.length() > NAME_MAX) {
      problems.add(Problem.of("name", "common.field.tooLong", NAME_MAX));
    }
    decimal("megabytesPerSecond", megabytesPerSecond, MEGABYTES_MAX, true, problems);
    whole("commandsPerSecond", commandsPerSecond, 1_000_000_000, true, problems);
    whole("restartLimit", restartLimit, RESTARTS_MAX, false, problems);
    decimal("lagBoundSeconds", lagBoundSeconds, LAG_MAX, false, problems);
    whole(PARALLEL, parallelFullSyncs, PARALLEL_MAX, true, problems);
    if (start.equals("at")) {
      Instant at = startInstant();
      if (at == null) {
        problems.add(Problem.of("startAt", "task.form.startAt.invalid"));
      } else if (!at.isAfter(now)) {
        problems.add(Problem.of("startAt", "task.form.startAt.past"));
      } else if (at.isAfter(now.plus(LATEST_START))) {
        problems.add(Problem.of("startAt", "task.form.startAt.far"));
      }
    } else if (!start.equals("now")) {
      problems.add(Problem.of("start", "task.form.choose"));
    }
    if (tagList().stream().anyMatch(tag -> tag.length() > TAG_MAX)
        || tagColumn().length() > TAGS_MAX) {
      problems.add(Problem.of("tags", "task.form.tags.tooLong", TAG_MAX));
    }
    if (notes.length() > NOTES_MAX) {
      problems.add(Problem.of("notes", "common.field.tooLong", NOTES_MAX));
    }
    return problems;
  }

  long bytesPerSecond() {
    return megabytesPerSecond.isEmpty()
        ? 0
        : new BigDecimal(megabytesPerSecond).multiply(MEGABYTE).longValue();
  }

  long commands() {
    return commandsPerSecond.isEmpty() ? 0 : Long.parseLong(commandsPerSecond);
  }

  long lagBoundMillis() {
    return Math.max(1, new BigDecimal(lagBoundSeconds).multiply(THOUSAND).longValue());
  }

  /** How many shards or sources are copied at once; 0 for the agent's own number. */
  int fullSyncs() {
    return parallelFullSyncs.isEmpty() ? 0 : Integer.parseInt(parallelFullSyncs);
  }

  int restarts() {
    return Integer.parseInt(restartLimit);
  }

  /** When to start, or null for as soon as a person says so, or where it cannot be read. */
  Instant startInstant() {
    if (!start.equals("at")) {
      return null;
    }
    try {
      ZoneId in = zone.isEmpty() ? ZoneOffset.UTC : ZoneId.of(zone);
      return LocalDateTime.parse(startAt).atZone(in).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }

  List<String> tagList() {
    return Arrays.stream(tags.split("[,，;；\\n]"))
        .map(String::strip)
        .filter(tag -> !tag.isEmpty())
        .distinct()
        .toList();
  }

  String tagColumn() {
    return tagList().isEmpty() ? "" : tagList().stream().collect(Collectors.joining(",", ",", ","));
  }

  private static void decimal(
      String field, String text, BigDecimal max, boolean optional, List<Problem> problems) {
    if (optional && text.isEmpty()) {
      return;
    }
    if (!text.matches("[0-9]{1,9}(\\.[0-9]{1,3})?")
        || new BigDecimal(text).signum() == 0
        || new BigDecimal(text).compareTo(max) > 0) {
      problems.add(Problem.of(field, "task.form.number.invalid", max.toPlainString()));
    }
  }

  private static void whole(
      String field, String text, long max, boolean optional, List<Problem> problems) {
    if (optional && text.isEmpty()) {
      return;
    }
    if (!text.matches("[0-9]{1,10}")
        || Long.parseLong(text) > max
        || (optional && Long.parseLong(text) == 0)) {
      problems.add(
          Problem.of(field, "task.form.whole.invalid", optional ? 1 : 0, String.valueOf(max)));
    }
  }

  /** Bytes as the form shows them. */
  static String megabytes(long bytes) {
    return plain(bytes, MEGABYTE);
  }

  private static String plain(long amount, BigDecimal unit) {
    return BigDecimal.valueOf(amount)
        .divide(unit, 3, RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }

  private static String clean(String text) {
    return text == null ? "" : text.strip();
  }
}
