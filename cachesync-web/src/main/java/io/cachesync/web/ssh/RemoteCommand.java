package io.cachesync.web.ssh;

import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** One command on a channel of its own. */
final class RemoteCommand {
  private static final int CHANNEL_MILLIS = 10_000;
  private static final int STDERR_LIMIT = 64 << 10;
  private static final int CLOSE_POLL_MILLIS = 5;

  private final Session session;
  private final ChannelExec channel;
  private final InputStream stdout;
  private final Bounded stderr = new Bounded();

  RemoteCommand(Session session, String command, byte[] stdin) throws JSchException {
    this.session = session;
    channel = Channels.open(session, "exec", ChannelExec.class);
    try {
      channel.setCommand(command.getBytes(StandardCharsets.UTF_8));
      channel.setInputStream(new ByteArrayInputStream(stdin));
      channel.setErrStream(stderr, true);
      stdout = channel.getInputStream();
      Channels.connect(channel, CHANNEL_MILLIS);
    } catch (IOException | JSchException e) {
      channel.disconnect();
      throw e instanceof JSchException jsch ? jsch : new JSchException("no stream", e);
    }
  }

  /**
   * Hands on each line until the command has ended.
   *
   * @return its exit code; -1 where it has none, because a signal ended it or {@link #abort} was
   *     called
   * @throws IOException when the connection broke
   */
  int await(Consumer<String> lines) throws IOException {
    try {
      BufferedReader reader =
          new BufferedReader(new InputStreamReader(stdout, StandardCharsets.UTF_8));
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.accept(line);
      }
      // The exit code may come after the end of the output; the library has no way to wait for it.
      while (!channel.isClosed() && session.isConnected()) {
        Thread.sleep(CLOSE_POLL_MILLIS);
      }
      if (channel.getExitStatus() < 0 && !session.isConnected()) {
        throw new IOException("the session ended");
      }
      return channel.getExitStatus();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      channel.disconnect();
    }
  }

  /** Gives up: {@link #await} ends soon after. The command itself may go on at the machine. */
  void abort() {
    channel.disconnect();
  }

  String stderr() {
    return stderr.text();
  }

  /** Keeps the first bytes and forgets the rest. */
  private static final class Bounded extends OutputStream {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    @Override
    public synchronized void write(int b) {
      if (kept.size() < STDERR_LIMIT) {
        kept.write(b);
      }
    }

    @Override
    public synchronized void write(byte[] b, int off, int len) {
      kept.write(b, off, Math.min(len, Math.max(0, STDERR_LIMIT - kept.size())));
    }

    synchronized String text() {
      return kept.toString(StandardCharsets.UTF_8);
    }
  }
}
