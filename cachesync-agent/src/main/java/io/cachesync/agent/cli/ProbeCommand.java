package io.cachesync.agent.cli;

import io.cachesync.agent.job.Foreground;
import io.cachesync.contract.EndpointFacts;
import io.cachesync.contract.ProbeSpec;
import java.util.List;
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
      "Tells what a server says of itself, as one line of JSON for each.",
      "Ends with 0 where it answers, with 4 where it cannot be reached.",
      ""
    },
    footer = {
      "",
      "Example, with the password in the environment:",
      "  cachesync-agent probe --source redis://10.0.0.1:6379 \\",
      "    --source-password-env SOURCE_PASSWORD"
    })
final class ProbeCommand implements Callable<Integer> {
  @Mixin private SpecInput specInput;
  @Mixin private SourceOptions source;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    int code = ExitCode.DONE;
    for (ProbeSpec each : probeSpecs()) {
      EndpointFacts facts = Foreground.probe(each);
      spec.commandLine().getOut().println(Foreground.line(facts));
      spec.commandLine().getOut().flush();
      code = facts.fault() == null ? code : ExitCode.UNREACHABLE;
    }
    return code;
  }

  private List<ProbeSpec> probeSpecs() {
    if (!specInput.isGiven()) {
      return source.read().stream().map(ProbeCommand::of).toList();
    }
    try {
      return List.of(Foreground.probeSpec(specInput.read(System.in)));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--spec: " + e.getMessage() + ".", e);
    }
  }

  private static ProbeSpec of(EndpointArguments end) {
    return new ProbeSpec(end.endpoint(), end.secrets());
  }
}
