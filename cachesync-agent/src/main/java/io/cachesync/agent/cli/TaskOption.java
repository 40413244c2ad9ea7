package io.cachesync.agent.cli;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The task's name: part of its checkpoint's key at the target, and of its work directory. */
final class TaskOption {
  @Option(
      names = "--task",
      paramLabel = "NAME",
      description =
          "Name of the task, letters, digits and .-_ (default: made from source and target). The"
              + " same task run again goes on where it stopped.")
  private String name;

  @Spec(Target.MIXEE)
  private CommandSpec command;

  boolean isGiven() {
    return name != null;
  }

  /** The name that was given, or one made from the addresses, in whatever order. */
  String nameFor(List<EndpointArguments> sources, EndpointArguments target) {
    if (name == null) {
      Stream<String> from = sources.stream().map(EndpointArguments::address).sorted();
      String addresses = from.collect(Collectors.joining(" ")) + " " + target.address();
      return "sync-" + hash(addresses).substring(0, 12);
    }
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
      throw new ParameterException(
          command.commandLine(),
          "--task: a name has up to 64 letters, digits and .-_ and begins with a letter or digit.");
    }
    return name;
  }

  private static String hash(String text) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
