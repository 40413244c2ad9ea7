package io.cachesync.testkit;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A small RESP2 client of the tests' own. Every text is ISO 8859-1, so that a string holds any
 * bytes. Replies are {@link String}, {@link Long}, {@link List}, {@link RespError} or null.
 */
public final class RespClient implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  public RespClient(String host, int port) {
    try {
      socket = new Socket();
      socket.connect(new InetSocketAddress(host, port), 5_000);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(60_000);
      in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
      out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One command and its reply; an error reply is thrown. */
  public Object call(String... args) {
    send(args);
    Object reply = read();
    if (reply instanceof RespError error) {
      throw error;
    }
    return reply;
  }

  public String text(String... args) {
    return (String) call(args);
  }

  public long number(String... args) {
    return (Long) call(args);
  }

  @SuppressWarnings("unchecked")
  public List<Object> list(String... args) {
    return (List<Object>) call(args);
  }

  /** Puts a command into the buffer; {@link #read} flushes. */
  public void send(String... args) {
    try {
      write("*" + args.length + "\r\n");
      for (String arg : args) {
        write("$" + arg.length() + "\r\n");
        write(arg);
        write("\r\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next reply, errors as values. */
  public Object read() {
    try {
      out.flush();
      return readReply();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends all commands at once and returns their replies, errors as values. */
  public List<Object> pipeline(List<String[]> commands) {
    List<Object> replies = new ArrayList<>(commands.size());
    for (String[] command : commands) {
      send(command);
    }
    for (int i = 0; i < commands.size(); i++) {
      replies.add(read());
    }
    return replies;
  }

  /** The fields of INFO, or of one of its sections. */
  public Map<String, String> info(String section) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String line : text("INFO", section).split("\r\n")) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        fields.put(line.substring(0, colon), line.substring(colon + 1));
      }
    }
    return fields;
  }

  /** How often the server has run a command since it started or since {@code CONFIG RESETSTAT}. */
  public long calls(String command) {
    String line = info("commandstats").getOrDefault("cmdstat_" + command, "calls=0,");
    return Long.parseLong(line.substring("calls=".length(), line.indexOf(',')));
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private Object readReply() throws IOException {
    String line = readLine();
    String rest = line.substring(1);
    return switch (line.charAt(0)) {
      case '+' -> rest;
      case '-' -> new RespError(rest);
      case ':' -> Long.valueOf(rest);
      case '$' -> readBulk(Integer.parseInt(rest));
      case '*' -> readArray(Integer.parseInt(rest));
      default -> throw new IOException("not RESP2: " + line);
    };
  }

  private String readBulk(int length) throws IOException {
    if (length < 0) {
      return null;
    }
    byte[] bytes = in.readNBytes(length + 2);
    if (bytes.length < length + 2) {
      throw new EOFException("connection closed inside a reply");
    }
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }

  private List<Object> readArray(int length) throws IOException {
    if (length < 0) {
      return null;
    }
    List<Object> values = new ArrayList<>(length);
    for (int i = 0; i < length; i++) {
      values.add(readReply());
    }
    return values;
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("connection closed by the server");
      }
      if (next == '\r') {
        in.skipNBytes(1);
        return line.toString();
      }
      line.append((char) next);
    }
  }
}
