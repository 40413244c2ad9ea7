package io.cachesync.agent.cli;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The servers that are copied. */
final class SourceOptions {
  @Option(
      names = "--source",
      required = true,
      paramLabel = "URI",
      description = {
        "The source, see Addresses below.",
        "Repeat it for servers that hold different keys, for one target together."
      })
  private List<String> addresses;

  @Option(
      names = "--source-password-env",
      paramLabel = "NAME",
      description = {
        "Environment variable that holds the source's password. The address then has the user"
            + " alone, redis://USER@host:port, or none.",
        "Of several sources: one for all, or one for each in their order."
      })
  private List<String> passwordVariables = List.of();

  @Mixin private SourceTlsOptions tls;

  @Option(
      names = "--source-address-map",
      split = ",",
      paramLabel = "ANNOUNCED=REACHABLE",
      description = "Where nodes of a cluster are reached that announce another host:port.")
  private List<String> addressMap;

  @Option(
      names = "--source-sentinel-user",
      paramLabel = "NAME",
      description = "User at the source's sentinels (default: the default user).")
  private String sentinelUser;

  @Option(
      names = "--source-sentinel-password-env",
      paramLabel = "NAME",
      description =
          "Environment variable that holds the password of the source's sentinels (default: the"
              + " source's, where they want one).")
  private String sentinelPasswordVariable;

  @Spec(Target.MIXEE)
  private CommandSpec command;

  /** At least one, in the order in which they were given. */
  List<EndpointArguments> read() {
    return EndpointArguments.ofEach(
        command,
        "source",
        addresses,
        passwordVariables,
        new EndpointArguments.Reaching(
            tls.read(), addressMap, sentinelUser, sentinelPasswordVariable));
  }

  /**
   * The same, each once and all of the same databases.
   *
   * @param done what is done to these, in the refusal
   */
  List<EndpointArguments> readAlike(String done) {
    List<EndpointArguments> all = read();
    Set<String> addresses = new HashSet<>();
    for (EndpointArguments each : all) {
      if (!addresses.add(each.address())) {
        throw new ParameterException(
            command.commandLine(), "--source: " + each.address() + " is given twice.");
      }
      if (!each.database().equals(all.get(0).database())) {
        throw new ParameterException(
            command.commandLine(),
            "--source: of several sources the same databases are %s: use --include-db."
                .formatted(done));
      }
    }
    return all;
  }
}
