package io.cachesync.agent.job;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Records as JSON lines in a file of their own, in place of what was there. Thread-safe. */
public final class JsonLines implements Closeable {
  private final Writer writer;

  public JsonLines(Path file) throws IOException {
    writer = Files.newBufferedWriter(file);
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
