package io.cachesync.agent.job;

import io.cachesync.contract.JobReport;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Reports as JSON lines, appended to a file. One that cannot be written is left out, as a whole: a
 * full disk must not end a migration.
 */
public final class ReportFile implements ReportSink {
  private final FileOutputStream file;
  private final Consumer<IOException> trouble;
  private boolean isTold;

  /**
   * @param trouble hears of the first report that was left out
   * @throws IOException where nothing can be written there
   */
  public ReportFile(Path path, Consumer<IOException> trouble) throws IOException {
    this.file = new FileOutputStream(path.toFile(), true);
    this.trouble = trouble;
  }

  @Override
  public void accept(JobReport report) {
    long before = -1;
    try {
      before = file.getChannel().size();
      file.write((ContractJson.write(report) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      cut(before);
      if (!isTold) {
        isTold = true;
        trouble.accept(e);
      }
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      // What it has it has; nothing waits to be written.
    }
  }

  /** Half a line would spoil the next one. */
  private void cut(long bytes) {
    try {
      if (bytes >= 0) {
        file.getChannel().truncate(bytes);
      }
    } catch (IOException e) {
      // It is no file, such as a pipe, and nobody reads there any more.
    }
  }
}
