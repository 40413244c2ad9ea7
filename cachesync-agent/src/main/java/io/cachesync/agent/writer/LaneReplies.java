package io.cachesync.agent.writer;

import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespReader;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What a server answers around the commands of a transaction; anything else is thrown. */
final class LaneReplies {
  private static final byte[] QUEUED = "QUEUED".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] OK = "OK".getBytes(StandardCharsets.US_ASCII);

  private LaneReplies() {}

  static void ok(RedisConnection from) throws IOException {
    expect(from, OK, "OK");
  }

  static void queued(RedisConnection from) throws IOException {
    expect(from, QUEUED, "QUEUED");
  }

  /** What a reply of another kind than was wanted means; an error may be one that passes. */
  static RedisException unexpected(RedisConnection from, byte type, String wanted) {
    if (type == RespReader.ERROR) {
      return new RedisException(from.tokenFault());
    }
    String got = (char) type + from.in().tokenText();
    return new RedisException(
        Fault.retryable(
            FaultCode.PROTOCOL_ERROR, from + " answered " + got + " instead of " + wanted));
  }

  private static void expect(RedisConnection from, byte[] text, String wanted) throws IOException {
    byte type = from.readToken();
    if (type != RespReader.SIMPLE || !from.in().tokenIs(text)) {
      throw unexpected(from, type, wanted);
    }
  }
}
