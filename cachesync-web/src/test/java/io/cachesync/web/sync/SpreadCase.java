package io.cachesync.web.sync;

import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.LogLine;
import io.cachesync.contract.Phase;
import io.cachesync.contract.SyncSpec;
import io.cachesync.web.security.SystemActor;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskEnds;
import io.cachesync.web.task.TaskEvent;
import io.cachesync.web.task.TaskParts;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.task.TaskTrigger;
import java.util.List;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** Tasks with parts on two machines, which tests begin with. */
abstract class SpreadCase extends SyncCase {
  @Autowired TaskParts parts;
  @Autowired TaskEnds ends;
  @Autowired SpreadTasks spread;

  List<String> whys(long task, TaskTrigger what) {
    return SystemActor.call(() -> tasks.events(task)).stream()
        .filter(event -> event.what() == what)
        .map(TaskEvent::why)
        .toList();
  }

  SyncSpec spec(long task) {
    return ends.syncSpec(tasks.wholeOrPart(task), tasks.spec(task));
  }

  TaskState state(long task) {
    return tasks.wholeOrPart(task).state();
  }

  List<TaskState> states(long whole) {
    return parts.of(whole).stream().map(Task::state).toList();
  }

  long part(long whole, int number) {
    return parts.of(whole).get(number).id();
  }

  long spread(TaskState state, Desired desired) {
    long whole = ofACluster(desired);
    parts.spread(
        tasks.get(whole),
        parts.machines(whole),
        List.of(
            new TaskParts.Share(1, "host-1", "0-5460"),
            new TaskParts.Share(2, "host-2", "5461-16383")));
    set(whole, state, desired);
    return whole;
  }

  /** Queued, and not in parts. */
  long ofACluster(Desired desired) {
    long whole = task(TaskState.QUEUED, desired);
    new JdbcTemplate(dataSource)
        .update(
            "update task_spec set source_json = replace(source_json, 'STANDALONE', 'CLUSTER')"
                + " where task_id = ?",
            whole);
    return whole;
  }

  void lost(long part, String why) {
    transitions.observe(
        part, TaskTrigger.HOST_LOST, Fault.retryable(FaultCode.MACHINE_UNREACHABLE, why));
  }

  void set(long task, TaskState state, Desired desired) {
    new JdbcTemplate(dataSource)
        .update(
            "update task set state = ?, desired = ? where id = ?",
            state.name(),
            desired.name(),
            task);
    // A write by way of the mappers makes them forget what they have read in this transaction.
    tasks.acceptEvictions(task, false);
  }

  /** Its parts stand where it does. */
  long running(TaskState state, Desired desired) {
    long whole = spread(state, desired);
    new JdbcTemplate(dataSource).update("update task set started_at = now() where id = ?", whole);
    parts.of(whole).forEach(part -> set(part.id(), state, desired));
    return whole;
  }

  static JobReport told(int link, Phase phase) {
    LinkStatus status =
        LinkStatus.of(link, "a:1", "b:1")
            .phase(phase)
            .rdb(1, 1, 1)
            .keys(1, 1)
            .replId("r")
            .offsets(1, 1, 1)
            .speed(1000, 10)
            .inSync(true)
            .build();
    LogLine line = new LogLine(1_000, LogLevel.INFO, link, "said by " + link);
    return new JobReport("job", 3, 7, 1_000, 1, phase, null, List.of(status), List.of(line), null);
  }

  static JobReport failed(FaultCode code) {
    return new JobReport(
        "job",
        3,
        7,
        1_000,
        1,
        Phase.FAILED,
        Fault.fatal(code, "found"),
        List.of(),
        List.of(),
        null);
  }
}
