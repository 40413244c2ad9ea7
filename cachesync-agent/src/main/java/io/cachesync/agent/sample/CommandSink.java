package io.cachesync.agent.sample;

import java.nio.charset.StandardCharsets;

/** Takes commands in order. */
interface CommandSink {
  void send(byte[]... command);

  /** A command of texts and whole numbers. */
  default void send(Object... command) {
    byte[][] bytes = new byte[command.length][];
    for (int i = 0; i < command.length; i++) {
      Object part = command[i];
      bytes[i] =
          part instanceof byte[] raw
              ? raw
              : String.valueOf(part).getBytes(StandardCharsets.ISO_8859_1);
    }
    send(bytes);
  }
}
