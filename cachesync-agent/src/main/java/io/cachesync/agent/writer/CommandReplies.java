package io.cachesync.agent.writer;

import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ReplyFault;
import io.cachesync.agent.resp.RespReader;
import io.cachesync.contract.Fault;
import io.cachesync.contract.HealReason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a target's replies to the commands of a batch say: what is in doubt, what is missing. */
final class CommandReplies {
  private static final long ABSENT = -2;
  private static final Set<String> OF_WHOLE_DATABASES =
      Set.of("SELECT", "FLUSHALL", "FLUSHDB", "SWAPDB");

  /** A key that goes so soon after a check may be gone when the command behind it runs. */
  private static final long NEARLY_GONE_MILLIS = 200;

  private final Exactness exactness;
  private RedisConnection connection;
  private Batch batch;
  private List<Doubt> doubts = List.of();
  private DataFault missing;

  CommandReplies(RedisConnection connection, Exactness exactness) {
    this.connection = connection;
    this.exactness = exactness;
  }

  /** What is read from now on answers this batch. */
  void begin(Batch newBatch) {
    batch = newBatch;
    doubts = List.of();
    missing = null;
  }

  /** What is read from now on comes from here. */
  void from(RedisConnection next) {
    connection = next;
  }

  List<Doubt> doubts() {
    return doubts;
  }

  /** Remembers the first that must end the use of the target. */
  void missing(DataFault fault) {
    missing = missing == null ? fault : missing;
  }

  /**
   * @throws DataFault where a command was refused for another reason than its keys
   */
  void check() throws DataFault {
    if (missing != null && exactness.readsWholeExec()) {
      throw missing;
    }
  }

  /**
   * Reads the reply of a command inside a transaction.
   *
   * @param index behind the last of the batch for commands on our own keys
   */
  void read(int index) throws IOException {
    byte type = connection.readToken();
    if (type == RespReader.ERROR) {
      refused(index);
      return;
    }
    Batch.Answer answer = index < batch.count() ? batch.answer(index) : Batch.Answer.OF_NO_MATTER;
    boolean early = type == RespReader.INTEGER && isEarly(answer);
    long left = type == RespReader.ARRAY ? Math.max(0, connection.in().integer()) : 0;
    for (; left > 0; left--) {
      byte element = connection.readToken();
      if (element == RespReader.ARRAY) {
        left += Math.max(0, connection.in().integer());
      } else if (element == RespReader.INTEGER) {
        early |= isEarly(answer);
      }
    }
    if (early) {
      boolean ofTime = answer == Batch.Answer.IN_DOUBT;
      doubt(index, ofTime ? HealReason.TIME_UNCERTAIN : HealReason.EXPIRED_EARLY, null);
    }
  }

  /**
   * Reads the reply of a command that was sent without a transaction.
   *
   * @throws RedisException where it was refused, but for what its key held
   */
  void readPlain(int index) throws IOException {
    if (connection.in().takeOk()) {
      return;
    }
    byte type = connection.readToken();
    if (type == RespReader.ERROR) {
      Fault fault = connection.tokenFault();
      if (!isAboutData(index)) {
        String message = fault.message() + " to " + batch.describe(index);
        throw new RedisException(new Fault(fault.code(), message, fault.retryable()));
      }
      doubt(index, HealReason.REFUSED, fault);
    }
    skipRest(type);
  }

  private void skipRest(byte type) throws IOException {
    long left = type == RespReader.ARRAY ? Math.max(0, connection.in().integer()) : 0;
    for (; left > 0; left--) {
      if (connection.readToken() == RespReader.ARRAY) {
        left += Math.max(0, connection.in().integer());
      }
    }
  }

  /** Whether the number just read says that a key or field has gone, or soon will. */
  private boolean isEarly(Batch.Answer answer) {
    long number = connection.in().integer();
    return switch (answer) {
      case OF_NO_MATTER, MAY_BE_GONE -> false;
      case TIME_LEFT -> number == ABSENT || (number >= 0 && number < NEARLY_GONE_MILLIS);
      case FIELDS_FOUND, THERE -> number == ABSENT;
      case IN_DOUBT -> true;
    };
  }

  private void refused(int index) {
    Fault fault = connection.tokenFault();
    boolean ofBatch = index < batch.count();
    if (ofBatch && isAboutData(index)) {
      if (batch.answer(index) == Batch.Answer.MAY_BE_GONE) {
        return;
      }
      doubt(index, HealReason.REFUSED, fault);
      return;
    }
    String command = ofBatch ? batch.describe(index) : "our own keys";
    missing(new DataFault(Fault.fatal(fault.code(), fault.message() + " to " + command)));
  }

  /** Behind a refused SELECT, flush or swap it is not known in which database what follows ran. */
  private boolean isAboutData(int index) {
    return ReplyFault.isAboutData(connection.in().tokenErrorPrefix())
        && !ReplyFault.isOfProtocol(connection.in().tokenText())
        && !OF_WHOLE_DATABASES.contains(batch.name(index));
  }

  private void doubt(int index, HealReason reason, Fault fault) {
    if (!exactness.readsWholeExec()) {
      return;
    }
    if (doubts.isEmpty()) {
      doubts = new ArrayList<>();
    }
    for (long offset : batch.offsets(index)) {
      doubts.add(new Doubt(offset, reason, batch.describe(index), fault));
    }
  }
}
