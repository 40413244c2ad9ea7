package io.cachesync.agent.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.Objects;

/**
 * Standard output of a process that ends where nobody reads it any more, as {@code sync … | head}.
 * The JVM hears of no SIGPIPE, and would go on unseen. A full disk or a terminal that is gone ends
 * nothing: what stands in the way there may pass, and nobody has closed anything. It is told once,
 * as what is missing in a file looks like a run that found nothing.
 */
final class StandardOutput extends PrintStream {
  private final Reader reader;

  private StandardOutput(Reader reader) {
    super(reader);
    this.reader = reader;
  }

  /** What this process prints is watched from now on. */
  static void watch() {
    System.setOut(to(new FileOutputStream(FileDescriptor.out), System.err));
  }

  /** What is printed goes to one, and is told at the other where it cannot. */
  static StandardOutput to(OutputStream out, PrintStream err) {
    return new StandardOutput(new Reader(out, err));
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
    private final PrintStream err;
    private volatile boolean isGone;
    private boolean isTold;

    Reader(OutputStream out, PrintStream err) {
      super(out);
      this.err = err;
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        boolean isUnread = Terminal.isPiped() && saysThatNobodyReads(e);
        if (!isUnread && !isTold) {
          isTold = true;
          err.println(
              "Standard output: what is printed is missing there: %s. It goes on without it."
                  .formatted(e.getMessage()));
        }
        if (isUnread && !isGone) {
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
