package io.cachesync.agent.cli;

import io.cachesync.agent.job.JsonLines;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;

/** The file of {@code --report-file}, if any. One that cannot be written any more ends nothing. */
final class ReportLines implements Closeable {
  private final Path path;
  private final PrintWriter err;
  private JsonLines lines;

  private ReportLines(Path path, PrintWriter err, JsonLines lines) {
    this.path = path;
    this.err = err;
    this.lines = lines;
  }

  /**
   * @param path null for none
   */
  static ReportLines open(CommandSpec command, Path path) {
    try {
      JsonLines lines = path == null ? null : JsonLines.open(path);
      return new ReportLines(path, command.commandLine().getErr(), lines);
    } catch (IOException e) {
      throw FileTrouble.of(command, "--report-file", path, e);
    }
  }

  void write(Object report) {
    if (lines == null) {
      return;
    }
    try {
      lines.write(report);
      lines.flush();
    } catch (UncheckedIOException e) {
      lines = null;
      tell(err, path, e.getCause());
    }
  }

  static void tell(PrintWriter err, Path path, IOException e) {
    err.printf(
        "--report-file: reports are missing in %s from now on: %s. It goes on without them.%n",
        path, FileTrouble.why(path, e));
    err.flush();
  }

  @Override
  public void close() throws IOException {
    if (lines != null) {
      lines.close();
    }
  }
}
