package io.cachesync.web.schedule;

import java.util.TimeZone;
import org.quartz.CronScheduleBuilder;
import org.quartz.CronTrigger;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * When pieces of {@link TimedTask}s are due. It stands in the database and takes part in the
 * caller's transaction, so it never says anything else than the rows that it was made from.
 */
@Component
public class Timetable {
  /** Looked up late: the scheduler is made from the tasks, and those hold this. */
  private final ObjectProvider<Scheduler> scheduler;

  Timetable(ObjectProvider<Scheduler> scheduler) {
    this.scheduler = scheduler;
  }

  /** From now on the piece is due at these times and at no others. */
  public void set(String task, long id, Times times) {
    TriggerKey key = key(task, id);
    Trigger trigger =
        TriggerBuilder.newTrigger()
            .withIdentity(key)
            .forJob(task, TimedJob.GROUP)
            .withSchedule(
                CronScheduleBuilder.cronSchedule(times.cron())
                    .inTimeZone(TimeZone.getTimeZone(times.zone()))
                    // Told late rather than never: the task decides what becomes of it.
                    .withMisfireHandlingInstructionFireAndProceed())
            .build();
    try {
      if (scheduler.getObject().checkExists(key)) {
        scheduler.getObject().rescheduleJob(key, trigger);
      } else {
        scheduler.getObject().scheduleJob(trigger);
      }
    } catch (SchedulerException e) {
      throw new IllegalStateException("the timetable cannot be written", e);
    }
  }

  /**
   * The piece is due at these times, as it was before: where that stands already it stays, with a
   * time that is still to be told. What the scheduler gave up or does not know is put in again.
   *
   * @return whether anything had to be changed
   */
  public boolean keep(String task, long id, Times times) {
    TriggerKey key = key(task, id);
    try {
      Scheduler now = scheduler.getObject();
      if (!isDueAt(now.getTrigger(key), times)) {
        set(task, id, times);
        return true;
      }
      if (now.getTriggerState(key) != Trigger.TriggerState.ERROR) {
        return false;
      }
      now.resetTriggerFromErrorState(key);
      return true;
    } catch (SchedulerException e) {
      throw new IllegalStateException("the timetable cannot be written", e);
    }
  }

  private static boolean isDueAt(Trigger trigger, Times times) {
    return trigger instanceof CronTrigger cron
        && cron.getCronExpression().equals(times.cron())
        && cron.getTimeZone().toZoneId().equals(times.zone());
  }

  /** The piece is not due any more, if it was. */
  public void remove(String task, long id) {
    try {
      scheduler.getObject().unscheduleJob(key(task, id));
    } catch (SchedulerException e) {
      throw new IllegalStateException("the timetable cannot be written", e);
    }
  }

  private static TriggerKey key(String task, long id) {
    return TriggerKey.triggerKey(String.valueOf(id), task);
  }
}
