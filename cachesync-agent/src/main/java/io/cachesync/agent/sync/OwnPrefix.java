package io.cachesync.agent.sync;

import io.cachesync.agent.command.Command;
import io.cachesync.agent.command.Keys;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.writer.StreamArguments;
import java.nio.charset.StandardCharsets;

/**
 * Finds keys with the prefix of our own among a command's keys, wherever they stand. The source may
 * hold some as the target of another task. For one thread; does not allocate.
 */
final class OwnPrefix implements Keys.Visitor {
  private final byte[] prefix;
  private final StreamArguments arguments = new StreamArguments();
  private StreamCommand in;
  private int keys;
  private int own;

  OwnPrefix(String prefix) {
    this.prefix = prefix.getBytes(StandardCharsets.UTF_8);
  }

  /** Looks at every key of a command; the other methods then tell of this one. */
  void scan(Command command, StreamCommand newIn) {
    in = newIn;
    keys = 0;
    own = 0;
    command.keys().visit(arguments.of(in), this);
  }

  boolean isAny() {
    return own > 0;
  }

  boolean isEvery() {
    return own == keys;
  }

  boolean isOwn(StreamCommand of, int argument) {
    if (of.length(argument) < prefix.length) {
      return false;
    }
    int from = of.offset(argument);
    for (int i = 0; i < prefix.length; i++) {
      if (of.buffer()[from + i] != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void key(int argument) {
    keys++;
    if (isOwn(in, argument)) {
      own++;
    }
  }
}
