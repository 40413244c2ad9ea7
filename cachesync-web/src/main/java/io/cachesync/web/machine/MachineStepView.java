package io.cachesync.web.machine;

import java.time.Instant;
import java.util.Locale;
import org.springframework.context.MessageSource;

/** A step as the REST API tells it. */
public record MachineStepView(String step, MachineStep.State state, String text, Instant at) {
  public static MachineStepView of(MachineStep step, MessageSource messages, Locale locale) {
    return new MachineStepView(
        step.step(),
        step.state(),
        step.messageKey() == null
            ? ""
            : messages.getMessage(step.messageKey(), step.values(), locale),
        step.at());
  }
}
