package io.cachesync.agent.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.TypeConversionException;

/** A path as it was typed. */
final class PathArgument {
  private PathArgument() {}

  /** A shell does not expand the {@code ~} of {@code --option=~/file}. */
  static Path of(String typed) {
    if (typed.isEmpty()) {
      throw new TypeConversionException("a path is empty");
    }
    try {
      boolean atHome = typed.equals("~") || typed.startsWith("~/");
      return atHome ? Path.of(System.getProperty("user.home"), typed.substring(1)) : Path.of(typed);
    } catch (InvalidPathException e) {
      throw new TypeConversionException("no path has such a character");
    }
  }
}
