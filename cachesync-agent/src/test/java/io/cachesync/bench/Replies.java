package io.cachesync.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Reads replies of RESP2 and keeps as little of them as it can. */
final class Replies {
  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int at;
  private int end;

  Replies(InputStream in) {
    this.in = in;
  }

  /** Reads so many whole replies, and throws at an error. */
  void skip(int replies) throws IOException {
    for (long open = replies; open > 0; open--) {
      byte kind = next();
      if (kind == '$') {
        long length = number();
        skipBytes(length < 0 ? 0 : length + 2);
      } else if (kind == '*') {
        open += Math.max(0, number());
      } else {
        line(kind);
      }
    }
  }

  /** Reads the head of an array. */
  int elements() throws IOException {
    expect('*');
    return (int) number();
  }

  byte[] bulk() throws IOException {
    expect('$');
    byte[] bytes = new byte[(int) number()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = next();
    }
    skipBytes(2);
    return bytes;
  }

  /** A reply of one line. */
  String line() throws IOException {
    return line(next());
  }

  private String line(byte kind) throws IOException {
    StringBuilder line = new StringBuilder();
    for (byte b = next(); b != '\r'; b = next()) {
      line.append((char) b);
    }
    next();
    if (kind == '-') {
      throw new IOException(line.toString());
    }
    return line.toString();
  }

  private void expect(char kind) throws IOException {
    byte found = next();
    if (found != kind) {
      throw new IOException("not " + kind + ": " + line(found));
    }
  }

  private long number() throws IOException {
    long number = 0;
    boolean negative = false;
    for (byte b = next(); b != '\r'; b = next()) {
      if (b == '-') {
        negative = true;
      } else {
        number = number * 10 + b - '0';
      }
    }
    next();
    return negative ? -number : number;
  }

  private byte next() throws IOException {
    if (at == end) {
      fill();
    }
    return buffer[at++];
  }

  private void skipBytes(long count) throws IOException {
    long left = count;
    while (left > end - at) {
      left -= end - at;
      fill();
    }
    at += (int) left;
  }

  private void fill() throws IOException {
    at = 0;
    end = Math.max(0, in.read(buffer));
    if (end == 0) {
      throw new EOFException("the server closed the connection");
    }
  }
}
