package io.cachesync.web.task;

import io.cachesync.web.endpoint.TypedPlace;
import io.cachesync.web.security.KeptSecrets;
import io.cachesync.web.system.Refusal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Step 1 of the wizard: from which machine, from where to where.
 *
 * @param machineId id of the machine, as text
 * @param moreSources sources besides the first, which hold other keys
 * @param machines ids of machines, as text, over which the source's shards are spread, besides the
 *     machine itself, which may be among them; empty for one job
 */
record EndsForm(
    String machineId,
    EndForm source,
    EndForm target,
    List<EndForm> moreSources,
    List<String> machines) {
  static final String SOURCE = "source";
  static final String TARGET = "target";
  static final String MORE_SOURCES = "moreSources";
  static final int MORE_MAX = 50;
  static final String MACHINES = "machines";
  static final int MACHINES_MAX = 50;

  static final String MANY = "task.form.moreSources.many";
  private static final Pattern FIELD = Pattern.compile("_?moreSources\\[[0-9]{1,2}]\\.[A-Za-z]+");
  private static final Pattern MORE_SOURCE = Pattern.compile("moreSources\\[([0-9]{1,4})](.*)");

  EndsForm {
    machineId = EndForm.clean(machineId);
    source = source == null ? EndForm.empty() : source;
    target = target == null ? EndForm.empty() : target;
    moreSources =
        moreSources == null
            ? List.of()
            : moreSources.stream().map(end -> end == null ? EndForm.empty() : end).toList();
    machines =
        machines == null
            ? List.of()
            : machines.stream().map(EndForm::clean).filter(id -> !id.isEmpty()).distinct().toList();
  }

  EndsForm(String machineId, EndForm source, EndForm target, List<EndForm> moreSources) {
    this(machineId, source, target, moreSources, List.of());
  }

  /**
   * All machines that have a part of the shards, the task's own first; just that one for one job.
   */
  List<String> allMachines() {
    return Stream.concat(Stream.of(machineId), machines.stream()).distinct().toList();
  }

  /** Whether the shards are spread over several machines. */
  boolean spreads() {
    return allMachines().size() > 1;
  }

  /**
   * Refuses a form with sources that no page of ours has: the binder takes any number for a place
   * in a list, and fails at those that are none.
   *
   * @param fields the names of its fields
   */
  static void refuseOtherFields(Iterator<String> fields) {
    while (fields.hasNext()) {
      String field = fields.next();
      if (field.contains(MORE_SOURCES) && !FIELD.matcher(field).matches()) {
        throw Refusal.malformed(MORE_SOURCES, "task.form.moreSources.field", field);
      }
    }
  }

  /** The name of a source besides the first, which {@link #end} takes; from 0. */
  static String moreSource(int number) {
    return MORE_SOURCES + "[" + number + "]";
  }

  /**
   * One of them.
   *
   * @param name source, target or {@code moreSources[0]}
   * @return nothing where there is none of this name
   */
  Optional<EndForm> end(String name) {
    return Optional.ofNullable(ends().get(name));
  }

  /** All ends by their names, as {@link #end} takes them, in the order of the page. */
  Map<String, EndForm> ends() {
    Map<String, EndForm> ends = new LinkedHashMap<>();
    ends.put(SOURCE, source);
    for (int i = 0; i < moreSources.size(); i++) {
      ends.put(moreSource(i), moreSources.get(i));
    }
    ends.put(TARGET, target);
    return ends;
  }

  /** With one source more, of which nothing is known yet. */
  EndsForm withMore() {
    List<EndForm> more = new ArrayList<>(moreSources);
    more.add(EndForm.empty());
    return new EndsForm(machineId, source, target, more, machines);
  }

  /**
   * Without one of the sources besides the first.
   *
   * @param number from 0; one that is not there takes nothing away
   */
  EndsForm without(int number) {
    List<EndForm> more = new ArrayList<>(moreSources);
    if (number < more.size()) {
      more.remove(number);
    }
    return new EndsForm(machineId, source, target, more, machines);
  }

  /**
   * What fields are called once a source is taken away; those of that source are gone.
   *
   * @param removed as {@link #without} takes it
   */
  static Set<String> renamed(Set<String> fields, int removed) {
    return fields.stream()
        .flatMap(field -> renamed(field, removed).stream())
        .collect(Collectors.toSet());
  }

  private static Optional<String> renamed(String field, int removed) {
    Matcher matcher = MORE_SOURCE.matcher(field);
    if (!matcher.matches()) {
      return Optional.of(field);
    }
    int number = Integer.parseInt(matcher.group(1));
    return number == removed
        ? Optional.empty()
        : Optional.of(
            moreSource(removed >= 0 && number > removed ? number - 1 : number) + matcher.group(2));
  }

  /** The passwords of typed-in ends that may have them, by name of field. */
  Map<String, KeptSecrets.Typed> secrets() {
    Map<String, KeptSecrets.Typed> secrets = new TreeMap<>();
    ends()
        .forEach(
            (name, end) ->
                end.secrets().forEach((field, typed) -> secrets.put(name + "." + field, typed)));
    return secrets;
  }

  EndsForm withSecrets(Map<String, String> secrets) {
    List<EndForm> more = new ArrayList<>();
    for (EndForm end : moreSources) {
      more.add(end.withSecrets(of(moreSource(more.size()), secrets)));
    }
    return new EndsForm(
        machineId,
        source.withSecrets(of(SOURCE, secrets)),
        target.withSecrets(of(TARGET, secrets)),
        more,
        machines);
  }

  private static Map<String, String> of(String name, Map<String, String> secrets) {
    Map<String, String> own = new TreeMap<>();
    secrets.forEach(
        (field, secret) -> {
          if (field.startsWith(name + ".")) {
            own.put(field.substring(name.length() + 1), secret);
          }
        });
    return own;
  }

  List<Problem> problems() {
    if (moreSources.size() > MORE_MAX) {
      return List.of(Problem.of(MORE_SOURCES, MANY, MORE_MAX));
    }
    List<Problem> problems = new ArrayList<>();
    checkMachine(problems);
    ends().forEach((name, end) -> check(name, end, problems));
    checkEachIsAnother(problems);
    checkMachines(problems);
    return problems;
  }

  private void checkEachIsAnother(List<Problem> problems) {
    if (isSame(source, target)) {
      problems.add(Problem.of(TARGET + whereOf(target), "task.form.target.isSource"));
    }
    List<EndForm> before = new ArrayList<>(List.of(source));
    for (EndForm end : moreSources) {
      String field = moreSource(before.size() - 1) + whereOf(end);
      if (isSame(target, end)) {
        problems.add(Problem.of(field, "task.form.moreSources.isTarget"));
      } else if (before.stream().anyMatch(other -> isSame(other, end))) {
        problems.add(Problem.of(field, "task.form.moreSources.twice"));
      }
      before.add(end);
    }
  }

  private static String whereOf(EndForm end) {
    return end.isRegistered() ? ".endpoint" : ".address";
  }

  /** What is wrong in itself is not compared: where it is is not known. */
  private static boolean isSame(EndForm one, EndForm other) {
    if (!one.problems().isEmpty() || !other.problems().isEmpty()) {
      return false;
    }
    if (one.isRegistered() || other.isRegistered()) {
      return one.isRegistered() && one.endpoint().equals(other.endpoint());
    }
    TypedPlace from = one.place();
    TypedPlace to = other.place();
    // The same sentinels may watch both.
    return from.masterName().equals(to.masterName())
        && !Collections.disjoint(from.addresses(), to.addresses());
  }

  /**
   * What keeps one end from being asked.
   *
   * @param name as {@link #end} takes it
   */
  List<Problem> problemsOf(String name) {
    List<Problem> problems = new ArrayList<>();
    checkMachine(problems);
    end(name).ifPresent(end -> check(name, end, problems));
    return problems;
  }

  /** Whether a machine is chosen; that there is such a one is known once it is looked up. */
  boolean hasMachine() {
    return isId(machineId);
  }

  private void checkMachine(List<Problem> problems) {
    if (!hasMachine()) {
      problems.add(Problem.of("machineId", "task.form.machine.required"));
    }
  }

  /** Whether a registered source is a cluster is known once it is looked up. */
  private void checkMachines(List<Problem> problems) {
    if (allMachines().size() > MACHINES_MAX) {
      problems.add(Problem.of(MACHINES, "task.form.machines.many", MACHINES_MAX));
    } else if (machines.stream().anyMatch(id -> !isId(id))) {
      problems.add(Problem.of(MACHINES, "task.form.machine.required"));
    } else if (spreads() && !moreSources.isEmpty()) {
      problems.add(Problem.of(MACHINES, "task.form.machines.oneCluster"));
    }
  }

  private static boolean isId(String text) {
    return text.matches("[0-9]{1,18}");
  }

  private static void check(String name, EndForm end, List<Problem> problems) {
    for (Problem problem : end.problems()) {
      problems.add(
          Problem.of(name + "." + problem.field(), problem.key(), problem.arguments().toArray()));
    }
  }

  /** Never with its passwords. */
  @Override
  public String toString() {
    return "EndsForm[" + source + " + " + moreSources + ", " + target + "]";
  }
}
