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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * What a target had before a repair, as JSON lines ({@link FormerValue}) at the end of a file that
 * nobody else may read. A repair that begins again goes on behind what is there: of each key the
 * first line counts.
 */
final class UndoFile implements UndoSink, Closeable {
  private final Path file;
  private FileChannel channel;

  /** The file is made with the first value. */
  UndoFile(Path file) {
    this.file = file;
  }

  private static FileChannel open(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    boolean hasModes = Files.getFileStore(parent).supportsFileAttributeView("posix");
    if (hasModes && !Files.exists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  @Override
  public synchronized void keep(List<FormerValue> values) throws IOException {
    if (channel == null) {
      channel = open(file);
    }
    for (FormerValue value : values) {
      ByteBuffer line =
          ByteBuffer.wrap((ContractJson.write(value) + '\n').getBytes(StandardCharsets.UTF_8));
      while (line.hasRemaining()) {
        channel.write(line);
      }
    }
    channel.force(false);
  }

  @Override
  public synchronized void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
