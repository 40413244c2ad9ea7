package io.cachesync.web.task;

import io.cachesync.contract.Desired;
import io.cachesync.contract.Phase;
import io.cachesync.contract.SyncMode;
import java.time.Instant;

/** Tasks for tests of pages, of which only a few things matter. */
public final class SampleTasks {
  private SampleTasks() {}

  /** One that is to run, has had no fault and has never begun. */
  public static Task task(long id, String name, String owner, TaskState state, Instant since) {
    return new Task(
        id,
        "0123456789ab",
        name,
        "",
        "",
        owner,
        4,
        state,
        Desired.RUN,
        since,
        false,
        1,
        0,
        null,
        null,
        null,
        since,
        null,
        null);
  }

  /** As the list has it, with an agent that was heard of just now and is in sync. */
  public static TaskRow row(Task task) {
    return new TaskRow(
        task.id(),
        task.name(),
        task.tags(),
        task.owner(),
        task.state(),
        task.desired(),
        task.stateSince(),
        task.overdue(),
        task.faultCode(),
        task.createdAt(),
        task.startedAt(),
        task.endedAt(),
        "a",
        "b",
        "m1",
        SyncMode.SYNC,
        Phase.INCREMENTAL,
        100,
        5120L,
        80L,
        0L,
        0L,
        true,
        -1L,
        0L,
        Instant.now(),
        false,
        0);
  }
}
