package io.cachesync.testkit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A server that says what a source says, up to where it is to say something that none should. */
public final class ScriptedSource implements AutoCloseable {
  private static final String REPL_ID = "a".repeat(40);
  private static final String INFO_FORM =
      """
      redis_version:%2$s\r
      redis_mode:standalone\r
      run_id:%1$s\r
      role:master\r
      master_replid:%1$s\r
      second_repl_offset:-1\r
      master_repl_offset:%3$d\r
      """;

  /** What it does where a source would begin its stream. */
  public interface Script {
    /**
     * @param out to the one who asks
     * @return whether the connection stays open
     */
    boolean psync(OutputStream out) throws IOException;

    /** Whether it ends the connection at a word of the handshake. */
    default boolean endsAt(String word) {
      return false;
    }

    /** What is said in place of any answer, or empty. */
    default String instead() {
      return "";
    }
  }

  private final Script script;
  private final String info;
  private final ServerSocket server;
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();

  public ScriptedSource(Script script) {
    this("7.0.15", 0, script);
  }

  /**
   * @param version what it says it is
   * @param offset where it says its stream stands
   */
  public ScriptedSource(String version, long offset, Script script) {
    this(version, REPL_ID, offset, script);
  }

  private ScriptedSource(String version, String replId, long offset, Script script) {
    this.script = script;
    this.info = INFO_FORM.formatted(replId, version, offset);
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread thread = new Thread(this::accept, "scripted source");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * One that announces a snapshot of so many bytes, sends these and ends the connection.
   *
   * @param replId the history that it says it has
   */
  public static ScriptedSource ofSnapshot(String replId, int announced, byte[] sent) {
    return new ScriptedSource(
        "7.0.15",
        replId,
        0,
        out -> {
          out.write(ascii("+FULLRESYNC " + replId + " 0\r\n$" + announced + "\r\n"));
          out.write(sent);
          out.flush();
          return announced == sent.length;
        });
  }

  /** One of this version that sends a snapshot and then this stream, and stays there. */
  public static ScriptedSource of(String version, byte[] snapshot, byte[] stream) {
    return new ScriptedSource(
        version,
        stream.length,
        out -> {
          out.write(ascii("+FULLRESYNC " + REPL_ID + " 0\r\n$" + snapshot.length + "\r\n"));
          out.write(snapshot);
          out.write(stream);
          out.flush();
          return true;
        });
  }

  public int port() {
    return server.getLocalPort();
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        sockets.add(socket);
        Thread thread = new Thread(() -> serve(socket), "scripted connection");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return; // Closed.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      for (List<String> words = command(in); !words.isEmpty(); words = command(in)) {
        String word = words.get(0).toUpperCase(Locale.ROOT);
        if (script.endsAt(word)) {
          return;
        }
        if (!script.instead().isEmpty()) {
          out.write(ascii(script.instead()));
        } else if (word.equals("PSYNC")) {
          if (!script.psync(out)) {
            return;
          }
        } else {
          out.write(ascii(answer(word, words)));
        }
        out.flush();
      }
    } catch (IOException e) {
      // The other end has gone.
      return;
    }
  }

  private String answer(String word, List<String> words) {
    return switch (word) {
      case "INFO" -> "$" + info.length() + "\r\n" + info + "\r\n";
      case "TIME" -> {
        String seconds = Long.toString(System.currentTimeMillis() / 1000);
        yield "*2\r\n$" + seconds.length() + "\r\n" + seconds + "\r\n$1\r\n0\r\n";
      }
      case "REPLCONF" -> words.get(1).equalsIgnoreCase("ack") ? "" : "+OK\r\n";
      case "PING" -> "+PONG\r\n";
      default -> "+OK\r\n";
    };
  }

  /** Empty at the end of the connection. */
  private static List<String> command(InputStream in) throws IOException {
    String header = line(in);
    List<String> words = new ArrayList<>();
    if (header.startsWith("*")) {
      for (int left = Integer.parseInt(header.substring(1)); left > 0; left--) {
        int length = Integer.parseInt(line(in).substring(1));
        words.add(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
        in.readNBytes(2);
      }
    }
    return words;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      line.append((char) b);
    }
    return line.toString().strip();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
