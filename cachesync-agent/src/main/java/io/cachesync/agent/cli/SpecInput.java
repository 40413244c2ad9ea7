package io.cachesync.agent.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option by which a console hands over a whole spec in place of all other options. */
final class SpecInput {
  @Option(
      names = "--spec",
      paramLabel = "FILE",
      // Not a help option: this flag only lifts the demand for the required options.
      help = true,
      description = {
        "For the console: what is asked, as one JSON value in place of all other options; - reads"
            + " it from standard input. Answers are JSON lines then. At a shell use the other"
            + " options."
      })
  private String file;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  boolean isGiven() {
    return file != null;
  }

  String read(InputStream standardInput) {
    try {
      return file.equals("-")
          ? new String(standardInput.readAllBytes(), StandardCharsets.UTF_8)
          : Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new ParameterException(command.commandLine(), "--spec: cannot read " + file + ".", e);
    }
  }
}
