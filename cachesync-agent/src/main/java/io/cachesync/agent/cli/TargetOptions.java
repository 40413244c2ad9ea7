package io.cachesync.agent.cli;

import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The server that is written to. */
final class TargetOptions {
  @Option(
      names = "--target",
      required = true,
      paramLabel = "URI",
      description = "The target, see Addresses below.")
  private String address;

  @Option(
      names = "--target-password-env",
      paramLabel = "NAME",
      description =
          "Environment variable that holds the target's password. The address then has the user"
              + " alone, redis://USER@host:port, or none.")
  private String passwordVariable;

  @Mixin private TargetTlsOptions tls;

  @Option(
      names = "--target-address-map",
      split = ",",
      paramLabel = "ANNOUNCED=REACHABLE",
      description = "Where nodes of a cluster are reached that announce another host:port.")
  private List<String> addressMap;

  @Option(
      names = "--target-sentinel-user",
      paramLabel = "NAME",
      description = "User at the target's sentinels (default: the default user).")
  private String sentinelUser;

  @Option(
      names = "--target-sentinel-password-env",
      paramLabel = "NAME",
      description =
          "Environment variable that holds the password of the target's sentinels (default: the"
              + " target's, where they want one).")
  private String sentinelPasswordVariable;

  @Spec(Target.MIXEE)
  private CommandSpec command;

  EndpointArguments read() {
    EndpointArguments target =
        EndpointArguments.of(
            command,
            "target",
            address,
            passwordVariable,
            new EndpointArguments.Reaching(
                tls.read(), addressMap, sentinelUser, sentinelPasswordVariable));
    if (target.database().isPresent()) {
      throw new ParameterException(
          command.commandLine(),
          "--target: no database can be given here, databases keep their numbers.");
    }
    return target;
  }
}
