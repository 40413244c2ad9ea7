package io.cachesync.web.sync;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RepairSpec;
import io.cachesync.contract.RepairedKey;
import io.cachesync.contract.StartSpec;
import io.cachesync.contract.SyncSpec;
import io.cachesync.web.agent.AgentService;
import io.cachesync.web.agent.Job;
import io.cachesync.web.agent.JobLeftover;
import io.cachesync.web.agent.JobOwner;
import io.cachesync.web.agent.JobProbe;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Agents as the test wants them to be. */
final class ToldAgents implements AgentService {
  final List<Job> ended = new ArrayList<>();
  final List<StartSpec> launched = new ArrayList<>();
  final List<Job> open = new ArrayList<>();
  final List<Job> abandoned = new ArrayList<>();
  final List<String> killed = new ArrayList<>();
  final List<Long> launchedOn = new ArrayList<>();
  RuntimeException refusal;
  JobProbe probe;
  Job job;

  void reset() {
    ended.clear();
    launched.clear();
    open.clear();
    abandoned.clear();
    killed.clear();
    launchedOn.clear();
    refusal = null;
    probe = null;
    job = null;
  }

  @Override
  public Job launch(
      String jobId,
      String taskId,
      long machineId,
      SyncSpec sync,
      StartSpec start,
      JobSecrets secrets) {
    launched.add(start);
    if (refusal != null) {
      throw refusal;
    }
    launchedOn.add(machineId);
    return SyncCase.job(Long.parseLong(taskId));
  }

  @Override
  public Job launchCheck(
      String jobId, JobOwner owner, long machineId, CheckSpec check, JobSecrets secrets) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Job launchRepair(
      String jobId,
      JobOwner owner,
      long machineId,
      RepairSpec repair,
      List<NamedKey> keys,
      JobSecrets secrets) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void readRepaired(String jobId, Consumer<RepairedKey> keys) {}

  @Override
  public void stopRepair(String jobId, String taskDirectory) {}

  @Override
  public boolean hasUndo(long machineId, String path) {
    return false;
  }

  @Override
  public void readUndo(long machineId, String path, Consumer<String> lines) {}

  @Override
  public Optional<JobReport> lastReport(String jobId) {
    return Optional.empty();
  }

  @Override
  public void readDifferences(String jobId, int most, Consumer<CheckDifference> differences) {}

  @Override
  public JobProbe probe(String jobId) {
    return probe;
  }

  @Override
  public void kill(String jobId) {
    killed.add(jobId);
    probe = new JobProbe(JobProbe.State.DEAD, 137, "no such process");
  }

  @Override
  public List<String> tailLog(String jobId, int lines) {
    return List.of();
  }

  @Override
  public void markEnded(Job over) {
    ended.add(over);
  }

  @Override
  public void abandon(Job over) {
    abandoned.add(over);
  }

  @Override
  public List<JobLeftover> dueLeftovers() {
    return List.of();
  }

  @Override
  public void clearLeftover(long id) {}

  @Override
  public List<Job> openOn(long machineId) {
    return List.copyOf(open);
  }

  @Override
  public void clearAbandoned(Job job) {}

  @Override
  public void removeDirectory(String jobId) {}

  @Override
  public Optional<Job> find(String jobId) {
    return Optional.ofNullable(job);
  }

  @Override
  public List<Job> jobsOfTask(String taskId) {
    return List.of();
  }
}
