package io.cachesync.web.task;

import io.cachesync.web.endpoint.TypedPlace;
import io.cachesync.web.security.KeptSecrets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Step 1 of the wizard: from which machine, from where to where.
 *
 * @param machineId id of the machine, as text
 * @param moreSources ids of registered endpoints that are sources besides, as text
 */
record EndsForm(String machineId, EndForm source, EndForm target, List<String> moreSources) {
  static final String SOURCE = "source";
  static final String TARGET = "target";

  private static final int MORE_MAX = 50;

  EndsForm {
    machineId = EndForm.clean(machineId);
    source = source == null ? EndForm.empty() : source;
    target = target == null ? EndForm.empty() : target;
    moreSources =
        moreSources == null
            ? List.of()
            : moreSources.stream().map(EndForm::clean).filter(id -> !id.isEmpty()).toList();
  }

  /**
   * One of both.
   *
   * @param name source or target
   */
  EndForm end(String name) {
    return name.equals(SOURCE) ? source : target;
  }

  /** The passwords of typed-in ends that may have them, by name of field. */
  Map<String, KeptSecrets.Typed> secrets() {
    Map<String, KeptSecrets.Typed> secrets = new TreeMap<>();
    for (String name : List.of(SOURCE, TARGET)) {
      end(name).secrets().forEach((field, typed) -> secrets.put(name + "." + field, typed));
    }
    return secrets;
  }

  EndsForm withSecrets(Map<String, String> secrets) {
    return new EndsForm(
        machineId,
        source.withSecrets(of(SOURCE, secrets)),
        target.withSecrets(of(TARGET, secrets)),
        moreSources);
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
    List<Problem> problems = problemsOf(SOURCE);
    check(TARGET, problems);
    boolean sameEndpoint = source.isRegistered() && source.endpoint().equals(target.endpoint());
    if (problems.isEmpty() && (sameEndpoint || sameAddress())) {
      problems.add(
          Problem.of(
              sameEndpoint ? "target.endpoint" : "target.address", "task.form.target.isSource"));
    }
    checkMoreSources().ifPresent(key -> problems.add(Problem.of("moreSources", key)));
    return problems;
  }

  private Optional<String> checkMoreSources() {
    if (moreSources.stream().anyMatch(id -> !id.matches("[0-9]{1,18}"))) {
      return Optional.of("task.form.endpoint.unknown");
    }
    if (moreSources.size() > MORE_MAX) {
      return Optional.of("task.form.moreSources.many");
    }
    if (target.isRegistered() && moreSources.contains(target.endpoint())) {
      return Optional.of("task.form.target.isSource");
    }
    boolean twice =
        moreSources.contains(source.endpoint())
            || moreSources.stream().distinct().count() < moreSources.size();
    return twice ? Optional.of("task.form.moreSources.twice") : Optional.empty();
  }

  private boolean sameAddress() {
    if (source.isRegistered() || target.isRegistered()) {
      return false;
    }
    TypedPlace from = source.place();
    TypedPlace to = target.place();
    // The same sentinels may watch both.
    return from.masterName().equals(to.masterName())
        && !Collections.disjoint(from.addresses(), to.addresses());
  }

  /**
   * What keeps one end from being asked.
   *
   * @param name source or target
   */
  List<Problem> problemsOf(String name) {
    List<Problem> problems = new ArrayList<>();
    if (!machineId.matches("[0-9]{1,18}")) {
      problems.add(Problem.of("machineId", "task.form.machine.required"));
    }
    check(name, problems);
    return problems;
  }

  private void check(String name, List<Problem> problems) {
    for (Problem problem : end(name).problems()) {
      problems.add(
          Problem.of(name + "." + problem.field(), problem.key(), problem.arguments().toArray()));
    }
  }

  /** Never with its passwords. */
  @Override
  public String toString() {
    return "EndsForm[" + source + ", " + target + "]";
  }
}
