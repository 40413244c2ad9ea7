package io.cachesync.agent.cli;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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
      "Exit codes: 0 done, 1 failed, 2 bad arguments,",
      "            3 a check found something, or a start was refused,",
      "            4 a server cannot be reached, or does not let this in,",
      "            130 stopped by a signal with its checkpoint kept,",
      "            141 ended because nobody read its output any more",
      "Help for one verb: cachesync-agent <verb> --help, or cachesync-agent help <verb>"
    })
public final class AgentCommand implements Runnable {
  /** What stands for bytes that are no character of the locale. */
  private static final char REPLACED = '\ufffd';

  /** --help and --version, of a verb that has no others. */
  private static final int STANDARD_OPTIONS = 2;

  private static final String UNREADABLE =
      "The locale of this process has no such characters; run it with LC_ALL=C.UTF-8 in its"
          + " environment. Not readable: ";

  @Spec private CommandSpec spec;

  /** Runs one verb of this process and returns its exit code. */
  public static int run(String... args) {
    StandardOutput.watch();
    CommandLine all = commandLine();
    if (Charset.defaultCharset().equals(StandardCharsets.US_ASCII)) {
      // No locale was chosen, as in many containers: a terminal understands this all the same.
      all.setOut(utf8(System.out)).setErr(utf8(System.err));
    }
    Optional<String> unreadable = Stream.of(args).filter(AgentCommand::isUnreadable).findFirst();
    if (unreadable.isPresent()) {
      all.getErr().println(UNREADABLE + unreadable.get());
      return ExitCode.BAD_ARGUMENTS;
    }
    int code = execute(all, args);
    return StandardOutput.isUnread() ? ExitCode.NOBODY_READS : code;
  }

  /** Runs one verb, with the options of its file, where one is given. */
  static int execute(CommandLine all, String... args) {
    ConfigOptions config;
    try {
      config = ConfigOptions.of(all, args);
    } catch (ParameterException e) {
      return explainUsage(e, ConfigOptions.none(), args);
    }
    if (!config.warning().isEmpty()) {
      all.getErr().println(config.warning());
    }
    return all.setParameterExceptionHandler((e, typed) -> explainUsage(e, config, args))
        .execute(config.words());
  }

  private static PrintWriter utf8(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  /** A pattern that was read as another one would silently choose other keys. */
  private static boolean isUnreadable(String word) {
    return word.indexOf(REPLACED) >= 0;
  }

  static CommandLine commandLine() {
    CommandLine all = new CommandLine(new AgentCommand());
    all.getSubcommands()
        .values()
        .forEach(
            verb -> {
              if (verb.getCommandSpec().options().size() > STANDARD_OPTIONS) {
                ConfigOptions.addTo(verb.getCommandSpec());
              }
              arrange(verb.getCommandSpec());
              HelpText.arrange(verb);
            });
    HelpText.fitFooter(all);
    return all.setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(Path.class, PathArgument::of)
        .setUsageHelpAutoWidth(true)
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

  private static int explainUsage(ParameterException e, ConfigOptions config, String... args) {
    CommandLine command = e.getCommandLine();
    // What was misspelt is missing too, and would be told as that.
    String told = Misspelt.in(command).orElseGet(() -> UsageText.of(e, List.of(args)));
    command.getErr().println(config.placed(told));
    command.getErr().println("Help: " + command.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.BAD_ARGUMENTS;
  }

  private static int explainFailure(Exception e, CommandLine command, ParseResult parsed) {
    if (e instanceof FaultException known) {
      FaultText.tell(command, known.fault());
      return FaultText.exitCode(known.fault());
    }
    if (e instanceof IOException || e instanceof UncheckedIOException) {
      // Those of servers are faults, see above.
      String why = e instanceof UncheckedIOException ? e.getCause().getMessage() : e.getMessage();
      FaultText.tell(command, Fault.fatal(FaultCode.DISK_FULL, "a file cannot be written: " + why));
      return ExitCode.FAILED;
    }
    command.getErr().println("INTERNAL: this is a bug of CacheSync, please report it.");
    e.printStackTrace(command.getErr());
    return ExitCode.FAILED;
  }
}
