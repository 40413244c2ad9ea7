package io.cachesync.agent.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
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

  /**
   * Refuses that two options name the same file: the one would write over what the other reads or
   * writes.
   *
   * @param named options and their files in turn, null for one that is not given; the one of {@code
   *     --config} comes by itself
   */
  static void refuseSame(CommandSpec command, Object... named) {
    Object[] files = Arrays.copyOf(named, named.length + 2);
    files[named.length] = "--config";
    files[named.length + 1] = command.findOption("--config").getValue();
    for (int i = 0; i < files.length; i += 2) {
      for (int j = i + 2; j < files.length; j += 2) {
        if (files[i + 1] != null && files[j + 1] != null && isSame(files[i + 1], files[j + 1])) {
          throw new ParameterException(
              command.commandLine(),
              "%s and %s name the same file, %s: give each its own."
                  .formatted(files[i], files[j], files[i + 1]));
        }
      }
    }
  }

  /** What is no file, such as a pipe or a terminal, may be given twice. */
  private static boolean isSame(Object one, Object other) {
    Path first = (Path) one;
    Path second = (Path) other;
    try {
      return Files.exists(first) && Files.exists(second)
          ? Files.isRegularFile(first) && Files.isSameFile(first, second)
          : first.toAbsolutePath().normalize().equals(second.toAbsolutePath().normalize());
    } catch (IOException e) {
      return false; // It is told when it is opened.
    }
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
