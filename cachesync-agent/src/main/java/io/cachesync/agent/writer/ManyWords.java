package io.cachesync.agent.writer;

import io.cachesync.agent.command.Command;
import io.cachesync.agent.entry.StreamCommand;

/**
 * How a command is put as several that do the same together: each of its elements is a matter of
 * its own, in their order.
 *
 * @param verb in place of the command's name
 * @param head words that each of them begins with, the name included
 * @param each words of an element
 */
record ManyWords(String verb, int head, int each) {
  /**
   * The form of a command of the stream.
   *
   * @throws OlderTarget where it has none, and what it writes is to be fetched
   */
  static ManyWords of(Command command, StreamCommand in, TargetBounds bounds) throws OlderTarget {
    return switch (command.name()) {
      case "DEL", "UNLINK" -> new ManyWords("DEL", 1, 1);
      case "MSET", "MSETNX" -> new ManyWords("MSET", 1, 2);
      case "RPUSH", "RPUSHX" -> new ManyWords("RPUSH", 2, 1);
      case "LPUSH", "LPUSHX" -> new ManyWords("LPUSH", 2, 1);
      case "SADD", "SREM", "HDEL", "ZREM" -> new ManyWords(command.name(), 2, 1);
      case "HSET", "HMSET" -> new ManyWords("HMSET", 2, 2);
      default ->
          throw StreamRewrite.noWords(
              in,
              "the target takes commands of at most %d words, and this has %d"
                  .formatted(bounds.words(), in.count()));
    };
  }
}
