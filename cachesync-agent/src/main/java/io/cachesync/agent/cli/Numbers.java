package io.cachesync.agent.cli;

import java.math.BigDecimal;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Numbers that were typed, each refused by the name of its option. */
final class Numbers {
  /** As bytes they fit a long. */
  private static final double MOST_MEGABYTES = 1e12;

  private final CommandSpec command;

  Numbers(CommandSpec command) {
    this.command = command;
  }

  /** Refuses what is less, or no number. */
  Numbers atLeast(double least, String option, double typed) {
    if (!(typed >= least)) {
      throw refused(option, "at least " + plain(least), typed);
    }
    return this;
  }

  /** Refuses what is outside, or no number. */
  Numbers within(double least, double most, String option, double typed) {
    if (!(typed >= least && typed <= most)) {
      throw refused(option, "from %s to %s".formatted(plain(least), plain(most)), typed);
    }
    return this;
  }

  Numbers megabytes(String option, double typed) {
    return typed > MOST_MEGABYTES
        ? within(0, MOST_MEGABYTES, option, typed)
        : atLeast(0, option, typed);
  }

  private ParameterException refused(String option, String wanted, double typed) {
    return new ParameterException(
        command.commandLine(),
        "%s wants a number %s, not %s."
            .formatted(option, wanted.startsWith("from") ? wanted : "of " + wanted, plain(typed)));
  }

  private static String plain(double number) {
    return Double.isNaN(number) || Double.isInfinite(number)
        ? Double.toString(number)
        : BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }
}
