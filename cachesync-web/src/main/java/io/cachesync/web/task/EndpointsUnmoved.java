package io.cachesync.web.task;

import io.cachesync.web.system.Refusal;
import org.springframework.stereotype.Component;

/**
 * Lets a task start only towards what was prechecked: not where a registered endpoint leads
 * elsewhere since.
 */
@Component
class EndpointsUnmoved implements StartGate {
  private final TaskMapper tasks;
  private final TaskSpecMapper specs;
  private final TaskEnds ends;

  EndpointsUnmoved(TaskMapper tasks, TaskSpecMapper specs, TaskEnds ends) {
    this.tasks = tasks;
    this.specs = specs;
    this.ends = ends;
  }

  @Override
  public boolean everyStart() {
    return true;
  }

  @Override
  public void check(long taskId) {
    boolean begun = tasks.find(taskId).filter(Task::hasRun).isPresent();
    specs
        .find(taskId)
        .flatMap(ends::movedEnd)
        .ifPresent(
            name -> {
              throw Refusal.conflict(
                  begun ? "task.refused.endpointMovedSince" : "task.refused.endpointMoved", name);
            });
  }
}
