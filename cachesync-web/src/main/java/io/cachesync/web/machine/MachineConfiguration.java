package io.cachesync.web.machine;

import io.cachesync.web.schedule.TickTask;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The machines' work in the background. */
@Configuration(proxyBeanMethods = false)
class MachineConfiguration {
  @Bean
  TickTask machineSamplesTick(MachineSampler sampler) {
    return TickTask.of("machine-samples", Duration.ofSeconds(2), sampler::tick);
  }
}
