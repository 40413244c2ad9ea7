package io.cachesync.agent.job;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Reports that the console has not taken yet, oldest first: some in memory, and when it stays away
 * the older ones in a file of bounded size, from which the oldest are dropped. For any thread.
 */
final class ReportOutbox {
  private final Path file;
  private final int maxInMemory;
  private final long maxFileBytes;
  private final Deque<String> memory = new ArrayDeque<>();

  /** Reports of the file that were read back and not taken yet; older than those in memory. */
  private final Deque<String> fromFile = new ArrayDeque<>();

  /** Handed out, neither in memory nor in the file until it is dropped. */
  private String sending;

  private long fileBytes;

  /**
   * @param file is emptied: reports of a former incarnation are refused anyway
   */
  ReportOutbox(Path file, int maxInMemory, long maxFileBytes) throws IOException {
    this.file = file;
    this.maxInMemory = maxInMemory;
    this.maxFileBytes = maxFileBytes;
    Files.deleteIfExists(file);
  }

  synchronized void add(String report) {
    memory.addLast(report);
    if (memory.size() > maxInMemory) {
      spill();
    }
    notifyAll();
  }

  /**
   * The oldest report, the same one until {@link #drop}; waits for one, or returns null when the
   * time is over.
   */
  synchronized String awaitOldest(long timeoutMillis) throws InterruptedException {
    long end = System.nanoTime() + timeoutMillis * 1_000_000;
    while (isEmpty()) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return null;
      }
      wait(left);
    }
    if (sending == null) {
      if (fromFile.isEmpty() && fileBytes > 0) {
        readBack();
      }
      sending = fromFile.isEmpty() ? memory.pollFirst() : fromFile.pollFirst();
    }
    return sending;
  }

  /** The console is done with the report that was handed out. */
  synchronized void drop() {
    sending = null;
  }

  synchronized boolean isEmpty() {
    return sending == null && memory.isEmpty() && fromFile.isEmpty() && fileBytes == 0;
  }

  /** Moves what is in memory into the file; keeps it where the disk does not take it. */
  private void spill() {
    StringBuilder lines = new StringBuilder();
    memory.forEach(report -> lines.append(report).append('\n'));
    try {
      Files.writeString(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      memory.clear();
      fileBytes = Files.size(file);
      if (fileBytes > maxFileBytes) {
        dropOlderHalf();
      }
    } catch (IOException e) {
      memory.removeFirst();
    }
  }

  private void dropOlderHalf() throws IOException {
    List<String> lines = Files.readAllLines(file);
    List<String> newer = lines.subList(lines.size() / 2, lines.size());
    Files.write(file, newer, StandardCharsets.UTF_8);
    fileBytes = Files.size(file);
  }

  private void readBack() {
    try {
      fromFile.addAll(Files.readAllLines(file));
      Files.delete(file);
    } catch (IOException e) {
      fromFile.clear();
    }
    fileBytes = 0;
  }
}
