package io.cachesync.web.sync;

import io.cachesync.web.schedule.Claims;
import io.cachesync.web.schedule.TickTask;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskState;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the clock does for syncs. */
@Configuration(proxyBeanMethods = false)
class SyncTicks {
  private static final Duration EACH_SECOND = Duration.ofSeconds(1);
  private static final Duration TRIM_EVERY = Duration.ofMinutes(1);

  /**
   * A launch copies files and starts a JVM over SSH; a probe of a dead host waits for a timeout.
   */
  private static final Duration HOLD = Duration.ofMinutes(3);

  /** A task that has ended is watched until its agent was seen to end, and no longer than this. */
  private static final Duration ENDED = Duration.ofHours(1);

  private static final Set<TaskState> WATCHED = watched();

  @Bean
  TickTask reconcileTasks(TaskService tasks, Reconciler reconciler, Claims claims, Clock clock) {
    return TickTask.of(
        "reconcile-tasks",
        EACH_SECOND,
        () ->
            claims.each(
                "task",
                tasks.idsInStatesOrEndedSince(WATCHED, clock.instant().minus(ENDED)),
                HOLD,
                lease -> tasks.lease(lease.id(), lease.owner(), lease.now(), lease.until()),
                reconciler::step,
                lease -> tasks.release(lease.id(), lease.owner())));
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
}
