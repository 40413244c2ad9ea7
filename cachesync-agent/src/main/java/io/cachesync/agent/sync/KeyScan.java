package io.cachesync.agent.sync;

import io.cachesync.agent.command.Command;
import io.cachesync.agent.command.Keys;
import io.cachesync.agent.command.Writes;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.filter.Selection;
import io.cachesync.agent.writer.StreamArguments;
import io.cachesync.contract.FaultException;

/**
 * Counts which of a command's keys are moved, wherever they stand. For one thread; does not
 * allocate.
 */
final class KeyScan implements Keys.Visitor {
  private final Selection selection;
  private final StreamArguments arguments = new StreamArguments();
  private StreamCommand in;
  private int database;
  private int secondDatabase;
  private int keys;
  private int moved;
  private boolean firstMoved;
  private boolean lastMoved;
  private Writes writes;
  private FaultException refused;

  KeyScan(Selection selection) {
    this.selection = selection;
  }

  /**
   * Looks at every key of a command; the other methods then tell of this one.
   *
   * @param newDatabase selected at the source
   * @param otherDatabase where MOVE and COPY put their key
   * @throws FaultException KEYS_COLLIDE or RESERVED_KEY where a key that is moved can have no name
   */
  void scan(Command command, StreamCommand newIn, int newDatabase, int otherDatabase)
      throws FaultException {
    in = newIn;
    database = newDatabase;
    keys = 0;
    moved = 0;
    refused = null;
    writes = command.writes();
    secondDatabase = otherDatabase;
    int only = command.keys().only();
    if (only == 0) {
      command.keys().visit(arguments.of(in), this);
    } else if (only < in.count()) {
      key(only);
    }
    if (keys == 1 && command.form() == Command.Form.MOVE) {
      key(1);
    }
    if (refused != null) {
      throw refused;
    }
  }

  boolean isAny() {
    return keys > 0;
  }

  boolean isEveryMoved() {
    return moved == keys;
  }

  /** Of MOVE and RENAME what is taken away, of others their first key. */
  boolean isFirstMoved() {
    return firstMoved;
  }

  /** Whether one that it writes is moved. */
  boolean isWrittenMoved() {
    return switch (writes) {
      case ALL -> moved > 0;
      case FIRST -> keys > 0 && firstMoved;
      case LAST -> keys > 0 && lastMoved;
    };
  }

  @Override
  public void key(int argument) {
    int at = keys == 1 ? secondDatabase : database;
    int offset = in.offset(argument);
    int length = in.length(argument);
    lastMoved = selection.moves(at, in.buffer(), offset, length);
    if (lastMoved) {
      moved++;
      if (selection.renames()) {
        name(at, offset, length);
      }
    }
    if (keys++ == 0) {
      firstMoved = lastMoved;
    }
  }

  private void name(int at, int offset, int length) {
    try {
      selection.rule(at, in.buffer(), offset, length);
    } catch (FaultException e) {
      refused = e;
    }
  }
}
