package io.cachesync.web.task;

import io.cachesync.contract.Desired;
import java.time.Instant;
import java.util.List;

/**
 * A task as the REST API answers it.
 *
 * @param allowed what may be asked of it now: start, pause, resume, stop, finish, login, delete …
 * @param asked what was asked, without secrets; left out in lists
 * @param machine the task's own, one of {@code machines} where there are such
 * @param machines names of those that its shards are, or are to be, spread over; empty for one job
 * @param parts what each of them has; left out in lists
 * @param progress what its stage last said, or null before the first report
 */
record TaskAnswer(
    long id,
    String name,
    TaskState state,
    Desired desired,
    Instant stateSince,
    boolean overdue,
    String owner,
    List<String> tags,
    String source,
    String target,
    String machine,
    Instant createdAt,
    Instant startedAt,
    Instant endedAt,
    List<String> allowed,
    TaskView.FaultView fault,
    TaskProgress progress,
    List<String> machines,
    List<TaskPartView> parts,
    TaskRequest asked) {}
