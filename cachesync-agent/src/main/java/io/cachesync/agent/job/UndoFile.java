package io.cachesync.agent.job;

import io.cachesync.agent.repair.UndoSink;
import io.cachesync.contract.FormerValue;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/**
 * What a target had before a repair, as JSON lines ({@link FormerValue}) at the end of a file that
 * nobody else may read. A repair that begins again goes on behind what is there: of each key the
 * first line counts that is not {@linkplain FormerValue#voided taken back}.
 */
final class UndoFile implements UndoSink, Closeable {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");
  private static final int BYTES_AT_ONCE = 1 << 16;

  private final Path file;
  private final String keyPrefix;
  private FileChannel channel;
  private long failedAt = -1;

  /**
   * The file is made with the first value.
   *
   * @param keyPrefix of the tasks that may write to the same target
   */
  UndoFile(Path file, String keyPrefix) {
    this.file = file;
    this.keyPrefix = keyPrefix;
  }

  private static FileChannel open(Path file, long failedAt) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    boolean hasModes = Files.getFileStore(parent).supportsFileAttributeView("posix");
    if (hasModes && !Files.exists(file)) {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    }
    // What is no file, such as a pipe, is left as it is.
    if (Files.isRegularFile(file)) {
      if (hasModes) {
        Files.setPosixFilePermissions(file, OWNER_ONLY);
      }
      cut(file, failedAt);
    }
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /**
   * Takes away what was not written to its end, so that no line comes to stand behind half a one.
   *
   * @param failedAt where a write began that failed, or -1: then behind the last line feed
   */
  private static void cut(Path file, long failedAt) throws IOException {
    try (FileChannel all =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long end = failedAt >= 0 ? failedAt : endOfLines(all);
      if (end < all.size()) {
        all.truncate(end);
        all.force(true);
      }
    }
  }

  private static long endOfLines(FileChannel all) throws IOException {
    ByteBuffer part = ByteBuffer.allocate(BYTES_AT_ONCE);
    for (long end = all.size(); end > 0; ) {
      long begin = Math.max(0, end - BYTES_AT_ONCE);
      part.clear().limit((int) (end - begin));
      while (part.hasRemaining() && all.read(part, begin + part.position()) >= 0) {}
      for (int i = part.position() - 1; i >= 0; i--) {
        if (part.get(i) == '\n') {
          return begin + i + 1;
        }
      }
      end = begin;
    }
    return 0;
  }

  @Override
  public synchronized void keep(List<FormerValue> values) throws IOException {
    if (channel == null) {
      channel = open(file, failedAt);
      failedAt = -1;
    }
    long begin = channel.size();
    try {
      write(values);
    } catch (IOException e) {
      failedAt = begin;
      forget(e);
      throw e;
    }
  }

  private void write(List<FormerValue> values) throws IOException {
    for (FormerValue value : values) {
      String text = ContractJson.write(value.under(keyPrefix)) + '\n';
      ByteBuffer line = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (line.hasRemaining()) {
        channel.write(line);
      }
    }
    channel.force(false);
  }

  /** What has not been written whole goes: now, or where that fails too, before the next write. */
  private void forget(IOException failure) {
    FileChannel failed = channel;
    channel = null;
    try {
      failed.close();
      if (Files.isRegularFile(file)) {
        cut(file, failedAt);
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
