package io.cachesync.web.task;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.SyncMode;
import io.cachesync.contract.SyncSpec;
import io.cachesync.web.endpoint.Endpoint;
import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.system.Refusal;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.context.MessageSource;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.ErrorResponseException;

/** Creates tasks from JSON: the three steps of the wizard at once, by the wizard's own rules. */
@Component
class TaskRequests {
  private static final BigDecimal MEGABYTE = BigDecimal.valueOf(1024 * 1024);
  private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);

  private static final String MACHINE = "machine";

  /** Names of the forms' fields where they differ from the JSON's. */
  private static final Map<String, String> JSON_NAMES =
      Map.of(
          "machineId", MACHINE,
          "megabytesPerSecond", "bytesPerSecond",
          "lagBoundSeconds", "lagBoundMillis",
          "start", "startAt");

  /** A field of an end in the wizard's form. */
  private static final Pattern END =
      Pattern.compile("(source|target|moreSources\\[(?<number>[0-9]+)])(?<field>\\..+)");

  private final TaskDrafts drafts;
  private final MachineService machines;
  private final EndpointService endpoints;
  private final MessageSource messages;
  private final Clock clock;

  TaskRequests(
      TaskDrafts drafts,
      MachineService machines,
      EndpointService endpoints,
      MessageSource messages,
      Clock clock) {
    this.drafts = drafts;
    this.machines = machines;
    this.endpoints = endpoints;
    this.messages = messages;
    this.clock = clock;
  }

  /** Creates a draft with everything set; it still has to be prechecked and started. */
  @Transactional
  Task create(TaskRequest request, Locale locale) {
    Sources sources = Sources.of(request);
    EndsForm ends = ends(request, sources);
    WhatForm what =
        new WhatForm(
            String.valueOf(request.mode() == null ? SyncMode.SYNC : request.mode()),
            request.databases() == null
                ? ""
                : request.databases().stream()
                    .map(String::valueOf)
                    .collect(Collectors.joining(",")),
            String.valueOf(request.onExists() == null ? ConflictPolicy.REFUSE : request.onExists()),
            request.onUnsupported() == null ? "" : request.onUnsupported().name(),
            request.filter() == null ? null : FilterForm.of(request.filter().spec()));
    HowForm how = how(request);
    List<Problem> problems = new ArrayList<>(ends.problems());
    problems.addAll(drafts.problems(null, ends));
    problems.addAll(what.problems());
    // A task without a name is called after its ends.
    how.problems(clock.instant()).stream()
        .filter(problem -> !(problem.field().equals("name") && how.name().isEmpty()))
        .forEach(problems::add);
    if (!problems.isEmpty()) {
      throw refused(problems, sources, locale);
    }
    try {
      Task task = drafts.create(ends, how.name());
      drafts.what(task.id(), what);
      return drafts.how(task.id(), how.name().isEmpty() ? how.named(task.name()) : how);
    } catch (Refusal refusal) {
      throw refusal.field() == null ? refusal : refusal.at(jsonName(refusal.field(), sources));
    }
  }

  /** Spreads a task that has ended over machines, by their names. */
  Task spreadAgain(long id, List<String> names) {
    return drafts.spreadAgain(id, machineIds(names).stream().map(Long::valueOf).toList());
  }

  private EndsForm ends(TaskRequest request, Sources sources) {
    List<EndForm> from = new ArrayList<>();
    for (TaskRequest.End each : sources.ends()) {
      from.add(end(sources.field(from.size(), ".endpoint"), each));
    }
    List<String> spread = machineIds(request.machines());
    return new EndsForm(
        machine(request, spread),
        from.get(0),
        end("target.endpoint", request.target()),
        from.subList(1, from.size()),
        spread);
  }

  private EndForm end(String field, TaskRequest.End end) {
    TaskRequest.End given = end == null ? TaskRequest.End.none() : end;
    return given.form(endpoint(field, given.endpoint()));
  }

  /**
   * The sources as they were asked for.
   *
   * @param listed whether as {@code sources}, and not as {@code source} and {@code moreSources}
   * @param ends the first one first; null for one of which nothing is said
   */
  private record Sources(boolean listed, List<TaskRequest.End> ends) {
    private static final String LIST = "sources";

    static Sources of(TaskRequest request) {
      boolean listed = request.sources() != null;
      if (listed && (request.source() != null || request.moreSources() != null)) {
        throw Refusal.invalid(LIST, "task.form.sources.both");
      }
      List<TaskRequest.End> ends = new ArrayList<>();
      if (listed) {
        ends.addAll(request.sources());
      }
      if (ends.isEmpty()) {
        ends.add(request.source());
      }
      List<String> names = request.moreSources() == null ? List.of() : request.moreSources();
      // Each is looked for below.
      if (ends.size() + names.size() > EndsForm.MORE_MAX + 1) {
        throw Refusal.invalid(
            listed ? LIST : EndsForm.MORE_SOURCES, EndsForm.MANY, EndsForm.MORE_MAX);
      }
      for (String name : names) {
        if (name == null || name.isBlank()) {
          throw Refusal.invalid(named(ends.size()), "task.form.endpoint.unknown");
        }
        ends.add(TaskRequest.End.of(name));
      }
      return new Sources(listed, ends);
    }

    /** What the request calls a field of one of them; number from 0, field with its dot. */
    String field(int number, String field) {
      if (listed) {
        return LIST + "[" + number + "]" + field;
      }
      return number == 0 ? "source" + field : named(number);
    }

    private static String named(int number) {
      return EndsForm.moreSource(number - 1);
    }
  }

  /** Of the machines over which the shards are spread, each once; empty where there is one job. */
  private List<String> machineIds(List<String> names) {
    Set<String> ids = new LinkedHashSet<>();
    for (String name : names == null ? List.<String>of() : names) {
      if (!ids.add(machineId(EndsForm.MACHINES, name))) {
        throw Refusal.invalid(EndsForm.MACHINES, "task.form.machines.twice", name.strip());
      }
    }
    return List.copyOf(ids);
  }

  /**
   * The task's own machine, which is one of those over which it is spread.
   *
   * @param spread ids of these
   * @return empty where none is asked for, and none is ready
   */
  private String machine(TaskRequest request, List<String> spread) {
    String name = request.machine();
    if (name == null || name.isBlank()) {
      return spread.isEmpty()
          ? machines.leastLoaded().map(machine -> machine.id().toString()).orElse("")
          : spread.get(0);
    }
    String id = machineId(MACHINE, name);
    if (!spread.isEmpty() && !spread.contains(id)) {
      throw Refusal.invalid(MACHINE, "task.form.machines.beside", name.strip());
    }
    return id;
  }

  private String machineId(String field, String name) {
    String wanted = name == null ? "" : name.strip();
    return machines.all().stream()
        .filter(machine -> machine.name().equals(wanted))
        .map(Machine::id)
        .map(String::valueOf)
        .findFirst()
        .orElseThrow(() -> Refusal.invalid(field, "task.form.machines.unknown", wanted));
  }

  private String endpoint(String field, String name) {
    if (name == null || name.isBlank()) {
      return "";
    }
    return endpoints.all().stream()
        .filter(endpoint -> endpoint.name().equals(name.strip()))
        .map(Endpoint::id)
        .map(String::valueOf)
        .findFirst()
        .orElseThrow(() -> Refusal.invalid(field, "task.form.endpoint.unknown"));
  }

  private static HowForm how(TaskRequest request) {
    return new HowForm(
        request.name(),
        scaled(request.bytesPerSecond(), MEGABYTE),
        positive(request.commandsPerSecond()),
        request.startAt() == null ? "now" : "at",
        request.startAt() == null
            ? ""
            : LocalDateTime.ofInstant(request.startAt(), ZoneOffset.UTC).toString(),
        "UTC",
        String.valueOf(
            request.restartLimit() == null
                ? TaskSpec.DEFAULT_RESTART_LIMIT
                : request.restartLimit()),
        scaled(
            request.lagBoundMillis() == null
                ? Long.valueOf(SyncSpec.DEFAULT_LAG_BOUND_MILLIS)
                : request.lagBoundMillis(),
            THOUSAND),
        request.tags() == null ? "" : String.join(",", request.tags()),
        request.notes(),
        Boolean.TRUE.equals(request.stayOnMachine()),
        request.parallelFullSyncs() == null || request.parallelFullSyncs() == 0
            ? ""
            : request.parallelFullSyncs().toString());
  }

  private static String positive(Long number) {
    return number == null || number == 0 ? "" : number.toString();
  }

  private static String scaled(Long amount, BigDecimal unit) {
    return amount == null || amount == 0
        ? ""
        : BigDecimal.valueOf(amount).divide(unit, 3, RoundingMode.HALF_UP).toPlainString();
  }

  private ErrorResponseException refused(List<Problem> problems, Sources sources, Locale locale) {
    List<Map<String, String>> errors = new ArrayList<>();
    for (Problem problem : problems) {
      Map<String, String> error = new LinkedHashMap<>();
      error.put("field", jsonName(problem.field(), sources));
      error.put(
          "message", messages.getMessage(problem.key(), problem.arguments().toArray(), locale));
      errors.add(error);
    }
    ProblemDetail detail =
        ProblemDetail.forStatusAndDetail(
            HttpStatus.UNPROCESSABLE_CONTENT,
            errors.stream()
                .map(error -> error.get("field") + ": " + error.get("message"))
                .collect(Collectors.joining(" ")));
    detail.setProperty("errors", errors);
    return new ErrorResponseException(HttpStatus.UNPROCESSABLE_CONTENT, detail, null);
  }

  private static String jsonName(String field, Sources sources) {
    Matcher end = END.matcher(field);
    if (!end.matches()) {
      return JSON_NAMES.getOrDefault(field, field);
    }
    String name = end.group("field").equals(".ca") ? ".caPem" : end.group("field");
    return end.group("number") == null
        ? (field.startsWith(EndsForm.TARGET) ? EndsForm.TARGET + name : sources.field(0, name))
        : sources.field(Integer.parseInt(end.group("number")) + 1, name);
  }
}
