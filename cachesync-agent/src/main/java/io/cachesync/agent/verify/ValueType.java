package io.cachesync.agent.verify;

/** Types as TYPE tells them. */
enum ValueType {
  NONE("none", ""),
  STRING("string", "STRLEN"),
  LIST("list", "LLEN"),
  SET("set", "SCARD"),
  ZSET("zset", "ZCARD"),
  HASH("hash", "HLEN"),
  STREAM("stream", "XLEN"),
  /** Of a module. */
  OTHER("", "");

  private static final ValueType[] ALL = values();

  private final String text;
  private final String lengthCommand;

  ValueType(String text, String lengthCommand) {
    this.text = text;
    this.lengthCommand = lengthCommand;
  }

  /** Does not allocate. */
  static ValueType of(byte[] buffer, int offset, int length) {
    for (ValueType type : ALL) {
      if (type != OTHER && type.is(buffer, offset, length)) {
        return type;
      }
    }
    return OTHER;
  }

  static ValueType of(byte[] text) {
    return of(text, 0, text.length);
  }

  /** The command that tells how long a value is; empty where there is none. */
  String lengthCommand() {
    return lengthCommand;
  }

  private boolean is(byte[] buffer, int offset, int length) {
    if (length != text.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (buffer[offset + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
