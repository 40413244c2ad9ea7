package io.cachesync.web.sync;

import io.cachesync.web.agent.AgentFault;
import io.cachesync.web.agent.AgentService;
import io.cachesync.web.agent.Job;
import io.cachesync.web.security.SystemActor;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.task.TaskDeleted;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/** Clears away the job directory of a task that was deleted. */
@Component
class DeletedTasks {
  private static final Logger LOG = LoggerFactory.getLogger(DeletedTasks.class);

  private final AgentService agents;

  DeletedTasks(AgentService agents) {
    this.agents = agents;
  }

  @TransactionalEventListener
  void clear(TaskDeleted deleted) {
    agents.find(deleted.jobId()).ifPresent(job -> new Thread(() -> clear(job)).start());
  }

  private void clear(Job job) {
    SystemActor.run(
        () -> {
          try {
            if (job.open()) {
              agents.kill(job.jobId());
              agents.markEnded(job);
            }
            agents.removeDirectory(job.jobId());
          } catch (SshFault | AgentFault fault) {
            LOG.warn(
                "the directory of job {} stays on its machine: {}",
                job.jobId(),
                fault.getMessage());
          }
        });
  }
}
