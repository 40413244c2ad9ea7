package io.cachesync.agent.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.Objects;

/**
 * Standard output of a process that ends where nobody reads it any more, as {@code sync … | head}.
 * The JVM hears of no SIGPIPE, and would go on unseen. A full disk or a terminal that is gone ends
 * nothing: what stands in the way there may pass, and nobody has closed anything.
 */
final class StandardOutput extends PrintStream {
  private final Reader reader;

  private StandardOutput(Reader reader) {
    super(reader);
    this.reader = reader;
  }

  /** What this process prints is watched from now on. */
  static void watch() {
    System.setOut(new StandardOutput(new Reader()));
  }

  /** Whether something was printed that nobody will read. */
  static boolean isUnread() {
    return System.out instanceof StandardOutput out && out.reader.isGone;
  }

  /**
   * Whether a pipe is broken, and not only full, as one may be that its reader has made
   * non-blocking: the JVM tells them apart in the system's words alone.
   */
  static boolean saysThatNobodyReads(IOException e) {
    try {
      Pipe pipe = Pipe.open();
      pipe.source().close();
      try (Pipe.SinkChannel broken = pipe.sink()) {
        broken.write(ByteBuffer.allocate(1));
      }
      return false;
    } catch (IOException asBroken) {
      return Objects.equals(e.getMessage(), asBroken.getMessage());
    }
  }

  /** Whoever takes what is printed. */
  private static final class Reader extends FilterOutputStream {
    private volatile boolean isGone;

    Reader() {
      super(new FileOutputStream(FileDescriptor.out));
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        if (Terminal.isPiped() && !isGone && saysThatNobodyReads(e)) {
          isGone = true;
          // Not by this thread: what ends the process waits for its work.
          Thread end = new Thread(() -> System.exit(ExitCode.NOBODY_READS), "nobody-reads");
          end.setDaemon(true);
          end.start();
        }
        throw e;
      }
    }
  }
}
