package io.cachesync.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Commands in memory, ready to be sent, so that making them takes nothing of what is measured. */
final class ReadyCommands implements Commands {
  private final List<byte[]> chunks = new ArrayList<>();
  private final CommandBytes bytes =
      new CommandBytes((from, at, length) -> chunks.add(Arrays.copyOfRange(from, at, at + length)));

  @Override
  public void command(byte[]... words) {
    bytes.command(words);
  }

  long count() {
    return bytes.written();
  }

  /** All of them; no more may come. */
  List<byte[]> chunks() {
    bytes.flush();
    return chunks;
  }
}
