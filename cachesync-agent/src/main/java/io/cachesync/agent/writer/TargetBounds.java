package io.cachesync.agent.writer;

import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import java.util.List;

/**
 * How long a command may be. Whatever is longer a server answers with a protocol error, and closes
 * the connection (networking.c, processMultibulkBuffer).
 *
 * @param wordBytes of one argument; proto-max-bulk-len
 * @param words of one command, its name included
 */
record TargetBounds(long wordBytes, int words) {
  /** Nothing is known; a server that is asked for too much says so. */
  static final TargetBounds NONE = new TargetBounds(Long.MAX_VALUE, Integer.MAX_VALUE);

  private static final int WORDS_BELOW_7_0 = 1024 * 1024;

  /** Fixed below 4.0, which has no such parameter. */
  private static final long FIXED_BYTES = 512L << 20;

  private static final int NO_LIMIT_OF_WORDS_SINCE = 700;

  /** The narrowest of some masters; where nobody may ask for it, as if there were none. */
  static TargetBounds of(List<RedisConnection> masters, ServerInfo info) throws RedisException {
    long bytes = Long.MAX_VALUE;
    for (RedisConnection master : masters) {
      bytes = Math.min(bytes, wordBytes(master.tryCall("CONFIG", "GET", "proto-max-bulk-len")));
    }
    boolean counted = info.commandLevel() < NO_LIMIT_OF_WORDS_SINCE;
    return new TargetBounds(bytes, counted ? WORDS_BELOW_7_0 : Integer.MAX_VALUE);
  }

  private static long wordBytes(RespValue reply) {
    if (reply.isError()) {
      return Long.MAX_VALUE;
    }
    if (reply.elements().size() != 2) {
      return FIXED_BYTES;
    }
    try {
      return Long.parseLong(reply.elements().get(1).text());
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  /** So that a value that is cut ends, with its last element, below what one argument may have. */
  int partBytes() {
    return (int) Math.min(Integer.MAX_VALUE, wordBytes / 2);
  }

  /**
   * @param what the argument belongs to, for the message
   * @throws FaultException VALUE_TOO_LARGE where it has too many bytes
   */
  void check(long bytes, Named what) throws FaultException {
    if (bytes > wordBytes) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.VALUE_TOO_LARGE,
              "%s is %d bytes in one piece, and the target takes at most %d (proto-max-bulk-len)"
                  .formatted(what.inWords(), bytes, wordBytes)));
    }
  }

  /** Said only where it is needed. */
  interface Named {
    String inWords();
  }
}
