package io.cachesync.agent.job;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Records as JSON lines in a file of their own, in place of what was there. Thread-safe. */
public final class JsonLines implements Closeable {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final Writer writer;

  private JsonLines(Writer writer) {
    this.writer = writer;
  }

  /** That others may read as the host lets them. */
  public static JsonLines open(Path file) throws IOException {
    return new JsonLines(Files.newBufferedWriter(file));
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
      throw new UncheckedIOException(e);
    }
  }

  public synchronized void flush() {
    try {
      writer.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    writer.close();
  }
}
