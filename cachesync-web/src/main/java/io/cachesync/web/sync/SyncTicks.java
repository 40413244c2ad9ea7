package io.cachesync.web.sync;

import io.cachesync.web.agent.AgentService;
import io.cachesync.web.agent.JobLeftover;
import io.cachesync.web.agent.JobOwner;
import io.cachesync.web.schedule.Claims;
import io.cachesync.web.schedule.Lease;
import io.cachesync.web.schedule.LeasedRows;
import io.cachesync.web.schedule.TickTask;
import io.cachesync.web.task.TaskPlace;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskState;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the clock does for syncs. */
@Configuration(proxyBeanMethods = false)
class SyncTicks {
  private static final Duration EACH_SECOND = Duration.ofSeconds(1);
  private static final Duration CLEAR_EVERY = Duration.ofSeconds(5);
  private static final Duration TRIM_EVERY = Duration.ofMinutes(1);

  /** Renewed while the work goes on: an agent's upload alone may take minutes. */
  private static final Duration HOLD = Duration.ofMinutes(1);

  /** A task that has ended is watched until its agent was seen to end, and no longer than this. */
  private static final Duration ENDED = Duration.ofHours(1);

  private static final Set<TaskState> WATCHED = watched();

  @Bean
  TickTask reconcileTasks(TaskService tasks, Reconciler reconciler, Claims claims, Clock clock) {
    return TickTask.of(
        "reconcile-tasks",
        EACH_SECOND,
        () -> {
          Map<Long, TaskPlace> due = new LinkedHashMap<>();
          tasks
              .inStatesOrEndedSince(WATCHED, clock.instant().minus(ENDED))
              .forEach(place -> due.put(place.id(), place));
          claims.each("task", due.keySet(), HOLD, new LeasedTasks(tasks, reconciler, due));
        });
  }

  /** Under the task's lease, so that nobody starts its job again meanwhile. */
  @Bean
  TickTask clearLeftovers(TaskService tasks, AgentService agents, Claims claims) {
    return TickTask.of(
        "clear-leftovers",
        CLEAR_EVERY,
        () ->
            agents.dueLeftovers().stream()
                .filter(left -> left.owner().kind() == JobOwner.Kind.TASK)
                .collect(Collectors.groupingBy(left -> left.owner().id()))
                .forEach(
                    (task, left) ->
                        claims.each(
                            "leftover", List.of(task), HOLD, new Leftovers(tasks, agents, left))));
  }

  @Bean
  TickTask trimSyncs(Retention retention) {
    return TickTask.of("trim-syncs", TRIM_EVERY, retention::trim);
  }

  private static Set<TaskState> watched() {
    Set<TaskState> states =
        EnumSet.of(TaskState.PRECHECKING, TaskState.SCHEDULED, TaskState.QUEUED);
    Arrays.stream(TaskState.values()).filter(TaskState::active).forEach(states::add);
    return states;
  }

  /** Tasks to be looked after, by machine: one that is dead holds up only its own. */
  private record LeasedTasks(TaskService tasks, Reconciler reconciler, Map<Long, TaskPlace> due)
      implements LeasedRows {
    @Override
    public boolean take(Lease lease) {
      return tasks.lease(lease.id(), lease.owner(), lease.now(), lease.until());
    }

    @Override
    public void renew(Lease lease) {
      tasks.renew(lease.id(), lease.owner(), lease.until());
    }

    @Override
    public void work(long id) {
      reconciler.step(id);
    }

    @Override
    public void give(Lease lease) {
      tasks.release(lease.id(), lease.owner());
    }

    @Override
    public Object placeOf(long id) {
      Long machine = due.get(id).machineId();
      return machine == null ? LeasedRows.super.placeOf(id) : machine;
    }
  }

  /** What the job of one task left on machines. */
  private record Leftovers(TaskService tasks, AgentService agents, List<JobLeftover> left)
      implements LeasedRows {
    /** A deleted task has nobody who could start it. */
    @Override
    public boolean take(Lease lease) {
      return tasks.lease(lease.id(), lease.owner(), lease.now(), lease.until())
          || tasks.find(lease.id()).isEmpty();
    }

    @Override
    public void renew(Lease lease) {
      tasks.renew(lease.id(), lease.owner(), lease.until());
    }

    @Override
    public void work(long id) {
      left.forEach(each -> agents.clearLeftover(each.id()));
    }

    @Override
    public void give(Lease lease) {
      tasks.release(lease.id(), lease.owner());
    }

    @Override
    public Object placeOf(long id) {
      return left.get(0).machineId();
    }
  }
}
