package io.cachesync.web.check;

import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.SyncSpec;
import io.cachesync.web.endpoint.Endpoint;
import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskEnd;
import io.cachesync.web.task.TaskEnds;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskSpec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** The ends of checks: those of a task as it stands, or registered endpoints. */
@Component
class CheckEnds {
  /** The ends lead elsewhere than when the check was asked for. */
  static final String MOVED = "check.refused.moved";

  private static final int LABEL_MAX = 400;

  private final TaskService tasks;
  private final TaskEnds ends;
  private final EndpointService endpoints;
  private final FullCheckProgram program;
  private final JsonMapper json;

  CheckEnds(
      TaskService tasks,
      TaskEnds ends,
      EndpointService endpoints,
      FullCheckProgram program,
      JsonMapper json) {
    this.tasks = tasks;
    this.ends = ends;
    this.endpoints = endpoints;
    this.program = program;
    this.json = json;
  }

  /** Both ends of what is asked for, or a refusal that says what is wrong with them. */
  Pair pair(CheckAsk ask) {
    return ask.taskId() == null ? registered(ask) : ofTask(ask);
  }

  /** Refuses what redis-full-check cannot do, where that is to do it. */
  private void mustBeAbleTo(CheckAsk ask, List<RedisEndpoint> sources, RedisEndpoint target) {
    if (ask.spec().program() != null) {
      program.mustBeThere();
      program.mustBeAbleTo(
          with(ask.spec(), sources, target, ask.spec().filter(), ask.limits(), null));
    }
  }

  /** The sources of a task as they are now, the first one first. */
  List<TaskEnd> sources(long taskId) {
    TaskSpec spec = ends.withLogins(tasks.spec(taskId));
    List<TaskEnd> sources = new ArrayList<>();
    sources.add(ends.source(spec));
    sources.addAll(ends.moreSources(spec));
    return sources;
  }

  /** Whether the task of a check is moved by agents on several machines right now. */
  boolean isSpread(Check check) {
    return check.taskId() != null && tasks.runsInParts(check.taskId());
  }

  /** Whether the task is gone whose ends and filter it had: nobody knows them any more. */
  static boolean isOrphan(Check check) {
    return check.taskId() == null && !check.taskName().isEmpty();
  }

  /**
   * What an agent is told: with the ends, their logins and the task's filter as they are now.
   * Refused where they are not those that the check was asked for: what it finds stands under their
   * names, and a repair writes there.
   */
  CheckSpec spec(Check check) {
    CheckSpec how = json.readValue(check.specJson(), CheckSpec.class);
    CheckSpec spec = byAgent(check);
    if (how.program() == null) {
      return spec;
    }
    CheckSpec byProgram =
        with(
            how,
            spec.allSources(),
            spec.target(),
            spec.filter(),
            check.limits(),
            program.pathOn(check.machineId()));
    program.mustBeAbleTo(byProgram);
    return byProgram;
  }

  /** The same for the agent itself, also where another program has done the check. */
  CheckSpec byAgent(Check check) {
    CheckSpec how = json.readValue(check.specJson(), CheckSpec.class);
    List<RedisEndpoint> sources;
    RedisEndpoint target;
    FilterSpec filter = how.filter();
    if (isOrphan(check)) {
      throw Refusal.conflict("check.refused.taskGone", check.taskName());
    }
    if (check.taskId() == null) {
      sources = List.of(endpoints.get(check.sourceEndpointId()).toContract());
      target = endpoints.get(check.targetEndpointId()).toContract();
    } else {
      Task task = tasks.get(check.taskId());
      SyncSpec sync = ends.syncSpec(task, ends.withLogins(tasks.spec(task.id())));
      if (check.sourceNumber() >= sync.allSources().size()) {
        throw Refusal.conflict("check.refused.source");
      }
      sources =
          check.ofAllSources()
              ? sync.allSources()
              : List.of(sync.allSources().get(check.sourceNumber()));
      target = sync.target();
      filter = sync.filter();
    }
    if (!hash(sources, target).equals(check.endsHash())) {
      throw Refusal.conflict(MOVED);
    }
    return with(how, sources, target, filter, check.limits(), null);
  }

  private static CheckSpec with(
      CheckSpec how,
      List<RedisEndpoint> sources,
      RedisEndpoint target,
      FilterSpec filter,
      LimitSpec limits,
      String path) {
    return how.but()
        .source(sources.get(0))
        .moreSources(sources.subList(1, sources.size()))
        .target(target)
        .filter(filter)
        .sourceLimits(limits)
        .targetLimits(limits)
        .program(path)
        .build();
  }

  /** The secrets of both ends. */
  JobSecrets secrets(Check check) {
    if (check.taskId() != null) {
      JobSecrets all = ends.secrets(tasks.spec(check.taskId()));
      return check.ofAllSources() ? all : all.ofSource(check.sourceNumber());
    }
    return JobSecrets.of(
        List.of(endpoints.secrets(check.sourceEndpointId())),
        endpoints.secrets(check.targetEndpointId()));
  }

  private Pair registered(CheckAsk ask) {
    Endpoint source = chosen("sourceEndpointId", ask.sourceEndpointId());
    Endpoint target = chosen("targetEndpointId", ask.targetEndpointId());
    if (source.id().equals(target.id()) || source.isAt(target.toContract())) {
      throw Refusal.invalid("targetEndpointId", "check.invalid.same");
    }
    mustBeAbleTo(ask, List.of(source.toContract()), target.toContract());
    return new Pair(
        "",
        source.id(),
        source.name(),
        target.id(),
        target.name(),
        hash(List.of(source.toContract()), target.toContract()),
        false);
  }

  private Endpoint chosen(String field, Long id) {
    if (id == null) {
      throw Refusal.invalid(field, "check.invalid.choose");
    }
    return endpoints.find(id).orElseThrow(() -> Refusal.invalid(field, "check.invalid.choose"));
  }

  private Pair ofTask(CheckAsk ask) {
    Task task = tasks.get(ask.taskId());
    TaskSpec spec = tasks.spec(task.id());
    if (spec.source().json() == null || spec.target().json() == null) {
      throw Refusal.conflict("task.incomplete");
    }
    List<TaskEnd> sources = sources(task.id());
    List<TaskEnd> chosen = chosen(ask, sources);
    List<RedisEndpoint> places = chosen.stream().map(TaskEnd::endpoint).toList();
    TaskEnd target = ends.target(ends.withLogins(spec));
    mustBeAbleTo(ask, places, target.endpoint());
    return new Pair(
        task.name(),
        chosen.get(0).endpointId(),
        label(chosen),
        target.endpointId(),
        target.label(),
        hash(places, target.endpoint()),
        chosen.size() < sources.size());
  }

  private static List<TaskEnd> chosen(CheckAsk ask, List<TaskEnd> sources) {
    if (ask.sourceNumber() == Check.ALL_SOURCES && sources.size() > 1) {
      return sources;
    }
    if (ask.sourceNumber() < 0 || ask.sourceNumber() >= sources.size()) {
      throw Refusal.invalid("sourceNumber", "check.invalid.choose");
    }
    return List.of(sources.get(ask.sourceNumber()));
  }

  /** The names of all, as far as there is room for them. */
  private static String label(List<TaskEnd> sources) {
    String all = sources.stream().map(TaskEnd::label).collect(Collectors.joining(" + "));
    int characters = all.codePointCount(0, all.length());
    return characters <= LABEL_MAX
        ? all
        : all.substring(0, all.offsetByCodePoints(0, LABEL_MAX - 1)) + "…";
  }

  private static String hash(List<RedisEndpoint> sources, RedisEndpoint target) {
    String from = sources.stream().map(CheckEnds::place).collect(Collectors.joining("\n"));
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest((from + "\n" + place(target)).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Where an end is, whoever logs in there. */
  private static String place(RedisEndpoint end) {
    return end.topology()
        + " "
        + String.join(",", end.addresses().stream().sorted().toList())
        + " "
        + end.masterName();
  }

  /**
   * Two ends.
   *
   * @param hash the same for the same two
   * @param oneOfSeveral whether the task has further sources, whose keys the target has too
   */
  record Pair(
      String taskName,
      Long sourceId,
      String sourceLabel,
      Long targetId,
      String targetLabel,
      String hash,
      boolean oneOfSeveral) {}
}
