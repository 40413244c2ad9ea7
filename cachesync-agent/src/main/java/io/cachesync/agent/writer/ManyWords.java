package io.cachesync.agent.writer;

import io.cachesync.agent.command.Command;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.resp.RespWriter;
import java.util.function.IntPredicate;

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

  /**
   * Puts a command into a batch: as one where the target takes so many words, otherwise as several.
   *
   * @param left whether the element that begins at an argument is left out
   */
  void put(StreamCommand in, IntPredicate left, TargetBounds bounds, Batch batch) {
    int most = (bounds.words() - head) / each;
    int next = head;
    while (next < in.count()) {
      int kept = 0;
      int end = next;
      for (; end < in.count() && kept < most; end += each) {
        kept += left.test(end) ? 0 : 1;
      }
      if (kept > 0) {
        RespWriter out = batch.begin(head + kept * each).arg(verb);
        StreamRewrite.arguments(in, 1, head, out);
        for (; next < end; next += each) {
          if (!left.test(next)) {
            StreamRewrite.arguments(in, next, next + each, out);
          }
        }
      }
      next = end;
    }
  }
}
