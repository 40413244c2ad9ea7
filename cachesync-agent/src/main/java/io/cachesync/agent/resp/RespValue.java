package io.cachesync.agent.resp;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** A whole reply as a tree. Not for the hot path: see {@link RespReader#readToken()}. */
public final class RespValue {
  private static final byte[] NOTHING = new byte[0];

  private final byte type;
  private final byte[] bytes;
  private final long integer;
  private final List<RespValue> elements;
  private final boolean absent;

  private RespValue(
      byte type, byte[] bytes, long integer, List<RespValue> elements, boolean absent) {
    this.type = type;
    this.bytes = bytes;
    this.integer = integer;
    this.elements = elements;
    this.absent = absent;
  }

  static RespValue text(byte type, byte[] bytes) {
    return new RespValue(type, bytes, 0, List.of(), false);
  }

  static RespValue integer(long value) {
    return new RespValue(RespReader.INTEGER, NOTHING, value, List.of(), false);
  }

  static RespValue array(List<RespValue> elements) {
    return new RespValue(RespReader.ARRAY, NOTHING, 0, List.copyOf(elements), false);
  }

  static RespValue nothing(byte type) {
    return new RespValue(type, NOTHING, 0, List.of(), true);
  }

  /** One of the type bytes of {@link RespReader}. */
  public byte type() {
    return type;
  }

  /** Whether this is a null bulk string or a null array. */
  public boolean isNull() {
    return absent;
  }

  public boolean isError() {
    return type == RespReader.ERROR;
  }

  public boolean isArray() {
    return type == RespReader.ARRAY && !absent;
  }

  /** First word of an error, such as {@code NOAUTH}; otherwise empty. */
  public String errorPrefix() {
    return isError() ? RespReader.errorPrefix(bytes, 0, bytes.length) : "";
  }

  /** The bytes of a string or an error; empty for everything else. */
  public byte[] bytes() {
    return bytes;
  }

  /** The text of a string or an error, the digits of an integer; empty for everything else. */
  public String text() {
    return type == RespReader.INTEGER
        ? Long.toString(integer)
        : new String(bytes, StandardCharsets.UTF_8);
  }

  /** An integer, or a string that holds one. */
  public long integer() throws RespFormatException {
    if (type == RespReader.INTEGER) {
      return integer;
    }
    try {
      return Long.parseLong(text());
    } catch (NumberFormatException e) {
      throw new RespFormatException("expected an integer, got " + this);
    }
  }

  public List<RespValue> elements() {
    return elements;
  }

  @Override
  public String toString() {
    if (absent) {
      return "null";
    }
    return isArray() ? elements.toString() : text();
  }
}
