package io.cachesync.agent.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Why a file that was named cannot be written or read. */
final class FileTrouble {
  private FileTrouble() {}

  /** One that is to be written. */
  static ParameterException of(CommandSpec command, String option, Path file, IOException e) {
    return new ParameterException(
        command.commandLine(), option + ": cannot write " + file + ": " + why(file, e) + '.', e);
  }

  /** Of one that cannot be opened, and is there. */
  static String unreadable(Path file) {
    return Files.isDirectory(file) ? "it is a folder" : "you may not read it";
  }

  static String why(Path file, IOException e) {
    Path folder = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file)) {
      return "it is a folder";
    }
    if (folder != null && !Files.isDirectory(folder)) {
      return Files.exists(folder) ? folder + " is no folder" : "there is no folder " + folder;
    }
    if (e instanceof NoSuchFileException) {
      return "there is no such file";
    }
    if (e instanceof AccessDeniedException) {
      return "you have no right to";
    }
    String reason = e.getMessage() == null ? e.toString() : e.getMessage();
    return reason.replace(file + ": ", "");
  }
}
