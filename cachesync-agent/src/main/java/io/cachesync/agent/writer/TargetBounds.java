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
 * the connection (networking.c, processMultibulkBuffer); where it is its query buffer that is too
 * small it closes without a word (readQueryFromClient).
 *
 * @param wordBytes of one argument; proto-max-bulk-len
 * @param words of one command, its name included
 * @param queryBytes of one argument too, and in some versions of all that is queued behind MULTI;
 *     client-query-buffer-limit
 */
record TargetBounds(long wordBytes, int words, long queryBytes) {
  /** Nothing is known; a server that is asked for too much says so. */
  static final TargetBounds NONE =
      new TargetBounds(Long.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE);

  /** What ends an argument stands in the query buffer with it. */
  private static final int LINE_END = 2;

  private static final int WORDS_BELOW_7_0 = 1024 * 1024;

  /** Fixed below 4.0, which has no such parameters. */
  private static final long FIXED_BYTES = 512L << 20;

  private static final long FIXED_QUERY_BYTES = 1L << 30;

  private static final int NO_LIMIT_OF_WORDS_SINCE = 700;

  /** The narrowest of some masters; where nobody may ask for it, as if there were none. */
  static TargetBounds of(List<RedisConnection> masters, ServerInfo info) throws RedisException {
    long word = Long.MAX_VALUE;
    long query = Long.MAX_VALUE;
    for (RedisConnection master : masters) {
      RespValue words = master.tryCall("CONFIG", "GET", "proto-max-bulk-len");
      word = Math.min(word, bytes(words, FIXED_BYTES));
      RespValue queries = master.tryCall("CONFIG", "GET", "client-query-buffer-limit");
      query = Math.min(query, bytes(queries, FIXED_QUERY_BYTES));
    }
    boolean counted = info.commandLevel() < NO_LIMIT_OF_WORDS_SINCE;
    return new TargetBounds(word, counted ? WORDS_BELOW_7_0 : Integer.MAX_VALUE, query);
  }

  /**
   * @param fixed of a server that has no such parameter
   */
  private static long bytes(RespValue reply, long fixed) {
    if (reply.isError()) {
      return Long.MAX_VALUE;
    }
    if (reply.elements().size() != 2) {
      return fixed;
    }
    try {
      return Long.parseLong(reply.elements().get(1).text());
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  /** So that a value that is cut ends, with its last element, below what one argument may have. */
  int partBytes() {
    return (int) Math.min(Integer.MAX_VALUE, mostBytes() / 2);
  }

  /** Of one argument. */
  long mostBytes() {
    return Math.min(wordBytes, queryBytes - LINE_END);
  }

  /** Of one transaction, for what it holds; where a target counts that, it counts a little more. */
  long transactionBytes() {
    return queryBytes / 2;
  }

  /**
   * @param what the argument belongs to, for the message
   * @throws FaultException VALUE_TOO_LARGE where it has too many bytes
   */
  void check(long bytes, Named what) throws FaultException {
    if (bytes > mostBytes()) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.VALUE_TOO_LARGE,
              "%s is %d bytes in one piece, and the target takes at most %d (%s)"
                  .formatted(
                      what.inWords(),
                      bytes,
                      mostBytes(),
                      queryBytes <= wordBytes
                          ? "client-query-buffer-limit"
                          : "proto-max-bulk-len")));
    }
  }

  /**
   * A connection that broke while so much was under way; a server closes it without a word where
   * that is more than its query buffer may hold.
   *
   * @param bytes of the largest transaction
   */
  Fault lost(Fault fault, long bytes) {
    return bytes <= queryBytes
        ? fault
        : new Fault(
            fault.code(),
            ("%s; a transaction of %d bytes was under way, and where that is more than its"
                    + " client-query-buffer-limit (%d) a server closes the connection: raise it")
                .formatted(fault.message(), bytes, queryBytes),
            fault.retryable());
  }

  /** Said only where it is needed. */
  interface Named {
    String inWords();
  }
}
