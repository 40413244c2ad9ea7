package io.cachesync.agent.cli;

import io.cachesync.agent.sample.SampleWriter;
import io.cachesync.contract.FaultException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code generate}: sample data of every type. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    versionProvider = AgentVersion.class,
    description = {
      "Writes sample data of every type that the target knows, in databases 0, 1 and 9.",
      "Same keys and seed, same data. With --rate it keeps writing until it is stopped.",
      "It writes over keys that begin with sample: and trickle:, and touches no others.",
      "",
      "Ends with 0, with 130 where it was stopped, with 4 where the target cannot be reached, with"
          + " 1 where it failed.",
      ""
    },
    footer = {
      "",
      "Example: a hundred thousand keys, then 200 writes a second until Ctrl-C:",
      "  cachesync-agent generate --target redis://127.0.0.1:6379 --keys 100000 \\",
      "    --rate 200"
    })
final class GenerateCommand implements Callable<Integer> {
  @Mixin private TargetOptions target;

  @Option(
      names = "--keys",
      defaultValue = "10000",
      paramLabel = "N",
      description = "About how many keys (default: ${DEFAULT-VALUE}); 0 writes none.")
  private long keys;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "S",
      description = "Chooses the data (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--rate",
      defaultValue = "0",
      paramLabel = "N",
      description = "Then keeps writing, N writes a second of every type.")
  private long rate;

  @Option(
      names = "--seconds",
      defaultValue = "0",
      paramLabel = "N",
      description = "With --rate: stops after N seconds (default: on Ctrl-C).")
  private long seconds;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws FaultException {
    new Numbers(spec)
        .atLeast(0, "--keys", keys)
        .atLeast(0, "--rate", rate)
        .atLeast(0, "--seconds", seconds);
    EndpointArguments end = target.read();
    StopSignal signal =
        StopSignal.install(
            spec.commandLine().getErr(),
            "Stopped: not all keys were written. Run the same command to write all of them.");
    int code = ExitCode.FAILED;
    try (SampleWriter writer = SampleWriter.connect(end.endpoint(), end.secrets().password())) {
      if (keys > 0) {
        long commands = writer.fill(keys, seed);
        print("Wrote about %,d keys with %,d commands to %s.", keys, commands, end.address());
      }
      code = rate > 0 ? trickle(writer, end, signal) : ExitCode.DONE;
    } finally {
      signal.ended(code);
    }
    return code;
  }

  private int trickle(SampleWriter writer, EndpointArguments end, StopSignal signal)
      throws FaultException {
    signal.patiently(() -> {}, "The target does not answer.");
    print("Writing %,d times a second to %s.", rate, end.address());
    long until = seconds == 0 ? Long.MAX_VALUE : System.nanoTime() + seconds * 1_000_000_000L;
    long writes =
        writer.trickle(
            Math.max(1, keys),
            seed,
            rate,
            () -> !signal.isRequested() && System.nanoTime() < until);
    print("Wrote %,d times.", writes);
    return signal.isRequested() ? ExitCode.STOPPED : ExitCode.DONE;
  }

  private void print(String format, Object... arguments) {
    spec.commandLine().getOut().printf(format + "%n", arguments);
    spec.commandLine().getOut().flush();
  }
}
