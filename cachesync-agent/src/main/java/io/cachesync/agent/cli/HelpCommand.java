package io.cachesync.agent.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code help VERB}: the same as {@code VERB --help}. */
@Command(
    name = "help",
    mixinStandardHelpOptions = true,
    versionProvider = AgentVersion.class,
    description = {"Tells how a verb is used, as its --help does; without one, which there are."},
    footer = {"", "Example:", "  cachesync-agent help sync"})
final class HelpCommand implements Callable<Integer> {
  @Parameters(arity = "0..1", paramLabel = "VERB", description = "The verb that is asked for.")
  private String verb;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine all = spec.parent().commandLine();
    CommandLine asked = verb == null ? all : all.getSubcommands().get(verb);
    if (asked == null) {
      throw new ParameterException(spec.commandLine(), Misspelt.verb(verb, all));
    }
    asked.usage(spec.commandLine().getOut());
    return ExitCode.DONE;
  }
}
