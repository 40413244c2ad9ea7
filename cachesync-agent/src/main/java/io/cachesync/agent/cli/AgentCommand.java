package io.cachesync.agent.cli;

import io.cachesync.contract.FaultException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The command line as a whole. */
@Command(
    name = "cachesync-agent",
    mixinStandardHelpOptions = true,
    versionProvider = AgentVersion.class,
    description = "Moves Redis data while applications keep running.",
    synopsisSubcommandLabel = "<verb>",
    subcommands = {
      PrecheckCommand.class,
      SyncCommand.class,
      FinishCommand.class,
      CheckCommand.class,
      RepairCommand.class,
      UndoCommand.class,
      GenerateCommand.class,
      ProbeCommand.class,
      RunCommand.class,
      HelpCommand.class,
    },
    footer = {
      "",
      "Addresses: redis[s]://[user:password@]host:port[/db]",
      "           redis[s]-cluster://[user:password@]host:port[,host:port...]",
      "           redis[s]-sentinel://[user:password@]host:port[,...]/[db]?master=NAME",
      "A first try: cachesync-agent sync --source redis://127.0.0.1:6379 \\",
      "               --target redis://127.0.0.1:6380 --full-only",
      "Exit codes: 0 done, 1 failed, 2 bad arguments, 3 a check found something,",
      "            130 stopped by a signal with its checkpoint kept",
      "Help for one verb: cachesync-agent <verb> --help, or cachesync-agent help <verb>"
    })
public final class AgentCommand implements Runnable {
  @Spec private CommandSpec spec;

  /** Runs one verb and returns its exit code. */
  public static int run(String... args) {
    return commandLine().execute(args);
  }

  static CommandLine commandLine() {
    CommandLine all = new CommandLine(new AgentCommand());
    all.getSubcommands().values().forEach(verb -> arrange(verb.getCommandSpec()));
    return all.setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(Path.class, PathArgument::of)
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(AgentCommand::explainUsage)
        .setExecutionExceptionHandler(AgentCommand::explainFailure);
  }

  /** What must be given stands in the first line, what belongs together one below the other. */
  private static void arrange(CommandSpec verb) {
    StringBuilder synopsis = new StringBuilder(verb.qualifiedName());
    for (PositionalParamSpec each : verb.positionalParameters()) {
      synopsis.append(' ').append(each.paramLabel());
    }
    for (OptionSpec each : verb.options()) {
      if (each.required()) {
        synopsis.append(' ').append(each.longestName()).append(' ').append(each.paramLabel());
      }
    }
    verb.usageMessage().customSynopsis(synopsis + " [options]").sortOptions(false);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which verb? See --help.");
  }

  private static int explainUsage(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    // What was misspelt is missing too, and would be told as that.
    command.getErr().println(Misspelt.in(command).orElseGet(() -> UsageText.of(e, List.of(args))));
    command.getErr().println("Help: " + command.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.BAD_ARGUMENTS;
  }

  private static int explainFailure(Exception e, CommandLine command, ParseResult parsed) {
    if (e instanceof FaultException known) {
      FaultText.tell(command.getErr(), known.fault());
      return FaultText.exitCode(known.fault());
    }
    command.getErr().println("INTERNAL: this is a bug of CacheSync, please report it.");
    e.printStackTrace(command.getErr());
    return ExitCode.FAILED;
  }
}
