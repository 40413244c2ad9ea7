package io.cachesync.web.schedule;

import java.util.List;
import java.util.stream.Stream;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.quartz.autoconfigure.SchedulerFactoryBeanCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Hands the features' tick tasks and timed tasks to the scheduler, which lives in the database. */
@Configuration(proxyBeanMethods = false)
class ScheduleConfiguration {
  @Bean
  SchedulerFactoryBeanCustomizer tickTasks(
      ObjectProvider<TickTask> tasks, ObjectProvider<TimedTask> timed) {
    return factory -> {
      List<TickTask> all = tasks.stream().toList();
      factory.setJobDetails(
          Stream.concat(
                  all.stream().map(ScheduleConfiguration::job),
                  timed.stream().map(ScheduleConfiguration::job))
              .toArray(JobDetail[]::new));
      factory.setTriggers(all.stream().map(ScheduleConfiguration::trigger).toArray(Trigger[]::new));
    };
  }

  private static JobDetail job(TickTask task) {
    return JobBuilder.newJob(TickJob.class)
        .withIdentity(task.name(), TickJob.GROUP)
        .storeDurably()
        .build();
  }

  private static JobDetail job(TimedTask task) {
    return JobBuilder.newJob(TimedJob.class)
        .withIdentity(task.name(), TimedJob.GROUP)
        .storeDurably()
        .build();
  }

  private static Trigger trigger(TickTask task) {
    return TriggerBuilder.newTrigger()
        .withIdentity(task.name(), TickJob.GROUP)
        .forJob(task.name(), TickJob.GROUP)
        .withSchedule(
            SimpleScheduleBuilder.simpleSchedule()
                .withIntervalInMilliseconds(Math.max(1000, task.interval().toMillis()))
                .repeatForever()
                // Ticks that were missed while nobody ran are not made up for.
                .withMisfireHandlingInstructionNextWithRemainingCount())
        .build();
  }
}
