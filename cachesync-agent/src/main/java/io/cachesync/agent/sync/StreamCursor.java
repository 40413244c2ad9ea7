package io.cachesync.agent.sync;

import io.cachesync.agent.command.Command;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.entry.StreamReader;
import io.cachesync.agent.relay.RelayRecord;
import io.cachesync.agent.source.ReplicationPosition;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import java.io.IOException;

/** Where in the stream is read: cuts the records of a relay log into commands. */
final class StreamCursor {
  private final StreamReader reader;
  private String replId;
  private int database;
  private boolean inTransaction;
  private boolean isCut;

  /**
   * @param from the end of a command, outside of any transaction but one that is applied in parts
   */
  StreamCursor(ReplicationPosition from) {
    reader = new StreamReader(from.offset());
    replId = from.replId();
    database = from.database();
  }

  /** Takes the bytes of the next record, whose commands {@link #next} then tells. */
  void take(RelayRecord record) throws IOException {
    long expected = reader.offset() + reader.pendingBytes();
    if (record.startOffset() != expected) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.STREAM_CORRUPT,
              "the relay log goes on at offset %d instead of %d"
                  .formatted(record.startOffset(), expected)));
    }
    replId = record.replId();
    if (record.database() >= 0) {
      database = record.database();
    }
    reader.writtenBy(record.level());
    reader.append(record.buffer(), record.offset(), record.length(), record.receivedMillis());
  }

  /** The next whole command, or null. */
  StreamCommand next() throws IOException {
    return reader.next();
  }

  /** Follows a command that is about the stream itself. */
  void follow(Command command, StreamCommand in) {
    switch (command.name()) {
      case "SELECT" -> database = (int) in.number(1);
      case "MULTI" -> {
        inTransaction = true;
        isCut = false;
      }
      case "EXEC" -> inTransaction = false;
      default -> {}
    }
  }

  /** Selected at the source for the command read last. */
  int database() {
    return database;
  }

  /** Whether a transaction of the source is open. */
  boolean inTransaction() {
    return inTransaction;
  }

  /** Tells that the open transaction is applied in parts; returns whether this is its first. */
  boolean cutTransaction() {
    boolean first = !isCut;
    isCut = true;
    return first;
  }

  /** Offset behind the command read last. */
  long offset() {
    return reader.offset();
  }

  /** Behind the command read last. */
  ReplicationPosition position() {
    return new ReplicationPosition(replId, reader.offset(), database);
  }
}
