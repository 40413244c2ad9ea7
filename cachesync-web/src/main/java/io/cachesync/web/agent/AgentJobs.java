package io.cachesync.web.agent;

import io.cachesync.web.machine.MachineJob;
import io.cachesync.web.machine.MachineUse;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Tells the machines which jobs run on them. */
@Component
class AgentJobs implements MachineUse {
  private final JobMapper jobs;

  AgentJobs(JobMapper jobs) {
    this.jobs = jobs;
  }

  @Override
  public List<MachineJob> openJobs(long machineId) {
    return jobs.openOn(machineId).stream()
        .map(
            job ->
                new MachineJob(
                    job.jobId(),
                    job.taskId(),
                    job.incarnation(),
                    job.startedAt(),
                    job.lastReportAt()))
        .toList();
  }

  @Override
  public Map<Long, Integer> openJobCounts() {
    return jobs.openCounts().stream()
        .collect(Collectors.toMap(JobMapper.MachineCount::machine, JobMapper.MachineCount::jobs));
  }
}
