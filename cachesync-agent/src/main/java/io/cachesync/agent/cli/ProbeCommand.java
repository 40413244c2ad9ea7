package io.cachesync.agent.cli;

import io.cachesync.agent.job.Foreground;
import io.cachesync.contract.EndpointFacts;
import io.cachesync.contract.ProbeSpec;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code probe}: what a server says of itself. */
@Command(
    name = "probe",
    mixinStandardHelpOptions = true,
    versionProvider = AgentVersion.class,
    description = {
      "Tells what a server says of itself, as one line of JSON.",
      "Ends with 0 where it answers, with 3 where it cannot be reached."
    })
final class ProbeCommand implements Callable<Integer> {
  @Mixin private SpecInput specInput;
  @Mixin private SourceOptions source;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    EndpointFacts facts = Foreground.probe(probeSpec());
    spec.commandLine().getOut().println(Foreground.line(facts));
    spec.commandLine().getOut().flush();
    return facts.fault() == null ? ExitCode.DONE : ExitCode.FOUND;
  }

  private ProbeSpec probeSpec() {
    if (!specInput.isGiven()) {
      EndpointArguments end = source.read();
      return new ProbeSpec(end.endpoint(), end.password());
    }
    try {
      return Foreground.probeSpec(specInput.read(System.in));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--spec: " + e.getMessage() + ".", e);
    }
  }
}
