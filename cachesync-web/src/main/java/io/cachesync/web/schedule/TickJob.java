package io.cachesync.web.schedule;

import io.cachesync.web.security.SystemActor;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobExecutionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;

/** Runs one tick task. No two consoles run the same one at the same time. */
@DisallowConcurrentExecution
public class TickJob implements Job {
  static final String GROUP = "tick";
  private static final Logger LOG = LoggerFactory.getLogger(TickJob.class);

  /** Tasks whose last run failed: a cause that stays is told once, not every second. */
  private static final Set<String> FAILING = ConcurrentHashMap.newKeySet();

  private final ObjectProvider<TickTask> tasks;

  public TickJob(ObjectProvider<TickTask> tasks) {
    this.tasks = tasks;
  }

  @Override
  public void execute(JobExecutionContext context) {
    String name = context.getJobDetail().getKey().getName();
    // A console of another version may have registered a task that this one does not know.
    tasks.stream().filter(task -> task.name().equals(name)).findFirst().ifPresent(this::run);
  }

  private void run(TickTask task) {
    try {
      SystemActor.run(task::run);
      if (FAILING.remove(task.name())) {
        LOG.info("tick task {} works again", task.name());
      }
    } catch (RuntimeException e) {
      if (FAILING.add(task.name())) {
        LOG.error("tick task {} failed, and is tried again", task.name(), e);
      } else {
        LOG.debug("tick task {} still fails", task.name(), e);
      }
    }
  }
}
