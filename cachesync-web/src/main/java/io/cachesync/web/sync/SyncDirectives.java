package io.cachesync.web.sync;

import io.cachesync.contract.Desired;
import io.cachesync.contract.JobDirective;
import io.cachesync.contract.LimitSpec;
import io.cachesync.web.agent.DirectiveSource;
import io.cachesync.web.agent.Job;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskEnds;
import io.cachesync.web.task.TaskService;
import org.springframework.stereotype.Component;

/** Answers each report with what the task's owner wants. */
@Component
class SyncDirectives implements DirectiveSource {
  private final TaskService tasks;
  private final TaskEnds ends;

  SyncDirectives(TaskService tasks, TaskEnds ends) {
    this.tasks = tasks;
    this.ends = ends;
  }

  @Override
  public JobDirective directiveFor(Job job, long acknowledgedSeq) {
    long taskId = Long.parseLong(job.taskId());
    return tasks
        .find(taskId)
        .map(
            task ->
                new JobDirective(
                    wantedOf(task),
                    tasks.spec(taskId).how().limits(),
                    acknowledgedSeq,
                    tasks.continuousKeys(taskId)))
        // The task was deleted while its agent was away: nobody wants it to go on.
        .orElseGet(() -> new JobDirective(Desired.STOP, LimitSpec.none(), acknowledgedSeq));
  }

  /** An agent that goes on although its task was given up or is queued again has to end. */
  private Desired wantedOf(Task task) {
    return task.state().active() ? ends.wantedOfAgent(task) : Desired.STOP;
  }
}
