package io.cachesync.agent.job;

import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Records as JSON lines in a file of their own, in place of what was there. Thread-safe. */
public final class JsonLines implements Closeable {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final Writer writer;

  /** By what a write has failed, or null. */
  private IOException failure;

  private JsonLines(Writer writer) {
    this.writer = writer;
  }

  /** Why a file that was named could not be read. */
  static String unreadable(Path file, IOException e) {
    return e instanceof NoSuchFileException
        ? "there is no file " + file
        : file + " cannot be read: " + e.getMessage();
  }

  /** That others may read as the host lets them. */
  public static JsonLines open(Path file) throws IOException {
    return new JsonLines(Files.newBufferedWriter(file));
  }

  /**
   * That nobody else may read: goes on behind what was written before.
   *
   * @param bytes of it; what lies behind them goes
   * @throws IOException also where there are fewer
   */
  public static JsonLines goOnPrivate(Path file, long bytes) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
    if (channel.size() < bytes) {
      channel.close();
      throw new IOException(file + " is shorter than it was");
    }
    channel.truncate(bytes).position(bytes);
    return new JsonLines(new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8)));
  }

  /** That nobody else may read, also where it was there before: it has what people stored. */
  public static JsonLines openPrivate(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    boolean hasModes = Files.getFileStore(parent).supportsFileAttributeView("posix");
    // What is no file, such as a pipe, is left as it is.
    if (hasModes && !Files.exists(file)) {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    }
    if (hasModes && Files.isRegularFile(file)) {
      Files.setPosixFilePermissions(file, OWNER_ONLY);
    }
    return open(file);
  }

  public synchronized void write(Object contractRecord) {
    try {
      writer.write(ContractJson.write(contractRecord));
      writer.write('\n');
    } catch (IOException e) {
      failure = e;
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Brings what was written to the file.
   *
   * @throws UncheckedIOException also where a write has failed before: not all is there
   */
  public synchronized void flush() {
    if (failure != null) {
      throw new UncheckedIOException(failure);
    }
    try {
      writer.flush();
    } catch (IOException e) {
      failure = e;
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    try {
      writer.close();
    } catch (IOException e) {
      if (failure == null) {
        throw e;
      }
    }
  }
}
