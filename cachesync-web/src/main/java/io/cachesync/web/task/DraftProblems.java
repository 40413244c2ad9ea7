package io.cachesync.web.task;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.system.Refusal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is wrong with a step of a draft that its form alone does not show: what it names is not
 * there, or does not go together with what else is asked for. Fields that the form itself finds
 * wrong are left to it, so that each is told once and all are told together.
 */
final class DraftProblems {
  private final TaskService service;
  private final MachineService machines;
  private final DraftEnds draftEnds;
  private final TaskEnds ends;

  DraftProblems(TaskService service, MachineService machines, DraftEnds draftEnds, TaskEnds ends) {
    this.service = service;
    this.machines = machines;
    this.draftEnds = draftEnds;
    this.ends = ends;
  }

  /**
   * Of step 1.
   *
   * @param before what the draft holds; of none {@link TaskSpec#empty}
   */
  List<Problem> of(EndsForm form, TaskSpec before) {
    Set<String> wrong = fields(form.problems());
    List<Problem> problems = new ArrayList<>();
    if (form.hasMachine() && isUnknown(form.machineId())) {
      problems.add(Problem.of("machineId", "task.form.machine.required"));
    }
    problems.addAll(draftEnds.problems(form, before));
    if (form.spreads() && !wrong.contains(EndsForm.MACHINES)) {
      if (form.machines().stream().anyMatch(this::isUnknown)) {
        problems.add(Problem.of(EndsForm.MACHINES, "task.form.machine.required"));
      } else if (draftEnds.isNoCluster(form.source(), before.source())) {
        problems.add(Problem.of(EndsForm.MACHINES, "task.form.machines.oneCluster"));
      }
    }
    return problems;
  }

  /** Of step 2. */
  List<Problem> of(WhatForm form, TaskSpec before) {
    Set<String> wrong = fields(form.problems());
    List<Problem> problems = new ArrayList<>();
    if (wrong.stream().noneMatch(WhatForm::choosesData)) {
      ClusterDatabases clusters = ends.clusterDatabases(before);
      problems.addAll(clusters.problems(clusters.filled(form)));
    }
    if (!wrong.contains(WhatForm.ON_EXISTS) && form.conflictPolicy() != ConflictPolicy.REFUSE) {
      if (!before.moreSources().isEmpty()) {
        problems.add(Problem.of(WhatForm.ON_EXISTS, "task.form.onExists.several"));
      } else if (service.isSpread(before.taskId())) {
        problems.add(Problem.of(WhatForm.ON_EXISTS, "task.form.onExists.spread"));
      }
    }
    return problems;
  }

  /**
   * Of step 3.
   *
   * @param wrong fields that the form finds wrong
   */
  List<Problem> of(HowForm form, Set<String> wrong, TaskSpec before) {
    return !wrong.contains(HowForm.PARALLEL)
            && form.fullSyncs() > 0
            && !ends.hasSeveralLinks(before)
        ? List.of(Problem.of(HowForm.PARALLEL, "task.form.parallelFullSyncs.one"))
        : List.of();
  }

  /** Refuses for the first of them. */
  static void refuse(List<Problem> problems) {
    for (Problem first : problems) {
      throw Refusal.invalid(first.field(), first.key(), first.arguments().toArray());
    }
  }

  static Set<String> fields(List<Problem> problems) {
    return problems.stream().map(Problem::field).collect(Collectors.toCollection(HashSet::new));
  }

  private boolean isUnknown(String machineId) {
    return machines.find(Long.parseLong(machineId)).isEmpty();
  }
}
