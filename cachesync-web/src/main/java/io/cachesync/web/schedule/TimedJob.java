package io.cachesync.web.schedule;

import io.cachesync.web.security.SystemActor;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobExecutionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Tells a timed task that one of its pieces is due. One at a time of each task, so that many of
 * them leave threads to the ticks.
 */
@DisallowConcurrentExecution
public class TimedJob implements Job {
  static final String GROUP = "timed";
  private static final Logger LOG = LoggerFactory.getLogger(TimedJob.class);

  private final ObjectProvider<TimedTask> tasks;

  public TimedJob(ObjectProvider<TimedTask> tasks) {
    this.tasks = tasks;
  }

  @Override
  public void execute(JobExecutionContext context) {
    String name = context.getJobDetail().getKey().getName();
    long id = Long.parseLong(context.getTrigger().getKey().getName());
    tasks.stream()
        .filter(task -> task.name().equals(name))
        .findFirst()
        .ifPresent(task -> run(task, id));
  }

  private static void run(TimedTask task, long id) {
    try {
      SystemActor.run(() -> task.due(id));
    } catch (RuntimeException e) {
      LOG.error("{} {} failed at its time", task.name(), id, e);
    }
  }
}
