package io.cachesync.agent.job;

import io.cachesync.contract.LogLevel;
import io.cachesync.contract.LogLine;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A job's log: a file of bounded size, and the lines that no report has carried yet. For any
 * thread.
 */
public final class JobLog implements AutoCloseable {
  static final long MAX_FILE_BYTES = 10L << 20;

  private static final int MAX_WAITING = 2000;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final Path file;
  private final Clock clock;
  private final Deque<LogLine> waiting = new ArrayDeque<>();
  private OutputStream out;
  private long fileBytes;
  private long dropped;

  public JobLog(Path file, Clock clock) throws IOException {
    this.file = file;
    this.clock = clock;
    open();
  }

  /**
   * @param link number of the link it is about, or -1
   */
  public synchronized void log(LogLevel level, int link, String text) {
    LogLine line = new LogLine(clock.millis(), level, link, text.replace('\n', ' '));
    if (waiting.size() == MAX_WAITING) {
      waiting.removeFirst();
      dropped++;
    }
    waiting.addLast(line);
    write(line);
  }

  /** Takes the oldest lines that no report has carried yet, at most {@code max}. */
  synchronized List<LogLine> take(int max) {
    List<LogLine> lines = new ArrayList<>();
    if (dropped > 0) {
      String text = dropped + " log lines were too many for the reports; the log file has them";
      lines.add(new LogLine(clock.millis(), LogLevel.WARN, -1, text));
      dropped = 0;
    }
    while (lines.size() < max && !waiting.isEmpty()) {
      lines.add(waiting.removeFirst());
    }
    return lines;
  }

  @Override
  public synchronized void close() {
    try {
      out.close();
    } catch (IOException e) {
      // What the job has ended by is not this.
    }
  }

  /** A full disk must not end a migration: lines that cannot be written still reach the reports. */
  private void write(LogLine line) {
    String text =
        "%s %-5s %s%s%n"
            .formatted(
                TIME.format(Instant.ofEpochMilli(line.atMillis())),
                line.level(),
                line.link() < 0 ? "" : "link " + line.link() + ": ",
                line.text());
    try {
      if (fileBytes > MAX_FILE_BYTES) {
        rotate();
      }
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      out.write(bytes);
      fileBytes += bytes.length;
    } catch (IOException e) {
      // Said above: nothing to do that would not need the disk.
    }
  }

  private void rotate() throws IOException {
    out.close();
    Files.move(
        file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
    open();
  }

  private void open() throws IOException {
    // Not buffered: what a full disk did not take would be in the way of what comes later.
    out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    fileBytes = Files.size(file);
  }
}
