package io.cachesync.agent.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The server that is copied. */
final class SourceOptions {
  @Option(
      names = "--source",
      required = true,
      paramLabel = "URI",
      description = {
        "The server to copy: redis[s]://[user:password@]host:port[/db], or a cluster:"
            + " redis[s]-cluster://[user:password@]host:port[,host:port…]"
      })
  private String address;

  @Option(
      names = "--source-password-env",
      paramLabel = "NAME",
      description = "Environment variable that holds the source's password.")
  private String passwordVariable;

  @Option(
      names = "--source-ca",
      paramLabel = "FILE",
      description = "PEM file with the certificates to trust (default: those of the JVM).")
  private Path ca;

  @Option(
      names = "--source-tls-name",
      paramLabel = "NAME",
      description = "Name to expect in the source's certificate (default: its host).")
  private String serverName;

  @Option(
      names = "--source-address-map",
      split = ",",
      paramLabel = "ANNOUNCED=REACHABLE",
      description = "Where nodes of a cluster are reached that announce another host:port.")
  private List<String> addressMap;

  @Spec(Target.MIXEE)
  private CommandSpec command;

  EndpointArguments read() {
    return EndpointArguments.of(
        command, "source", address, passwordVariable, ca, serverName, addressMap);
  }
}
