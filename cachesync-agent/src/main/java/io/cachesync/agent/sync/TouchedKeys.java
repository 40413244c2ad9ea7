package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.command.Command;
import io.cachesync.agent.command.Writes;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.filter.Selection;
import io.cachesync.agent.writer.StreamArguments;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The keys of one command line of the stream by their names at the source, and what it does to
 * them. Reused. It allocates, so it is asked only where some key is ahead, in doubt or not moved.
 */
final class TouchedKeys {
  private final List<DatabaseKey> keys = new ArrayList<>();
  private final List<Integer> arguments = new ArrayList<>();
  private final StreamArguments words = new StreamArguments();
  private final Selection selection;
  private final ScriptDatabases scripts;
  private boolean allTold = true;
  private Command command;
  private StreamCommand in;

  TouchedKeys(Selection selection) {
    this(selection, ScriptDatabases.NONE);
  }

  TouchedKeys(Selection selection, ScriptDatabases scripts) {
    this.selection = selection;
    this.scripts = scripts;
  }

  /**
   * Looks at a command of the stream, which must stay valid.
   *
   * @param database selected at the source
   */
  void look(Command newCommand, StreamCommand newIn, int database) {
    command = newCommand;
    in = newIn;
    keys.clear();
    arguments.clear();
    command.keys().visit(words.of(in), arguments::add);
    for (int argument : arguments) {
      keys.add(new DatabaseKey(database, in.bytes(argument)));
    }
    if (command.runsCode()) {
      ofScript(database);
      return;
    }
    allTold = true;
    int other = otherDatabase(command, in, database);
    if (other != database && !keys.isEmpty()) {
      if (command.form() == Command.Form.MOVE) {
        keys.add(keys.get(0).in(other));
        arguments.add(arguments.get(0));
      } else {
        int last = keys.size() - 1;
        keys.set(last, keys.get(last).in(other));
      }
    }
  }

  private void ofScript(int database) {
    scripts.look(command, in, database);
    allTold = scripts.areTold();
    BitSet others = scripts.others();
    int named = keys.size();
    for (int other = others.nextSetBit(0); other >= 0; other = others.nextSetBit(other + 1)) {
      for (int i = 0; i < named; i++) {
        keys.add(keys.get(i).in(other));
        arguments.add(arguments.get(i));
      }
    }
  }

  /** Whether these are, as far as can be told, all keys that it touches. */
  boolean areAll() {
    return allTold && !keys.isEmpty();
  }

  /** {@link Command#replaces}, without looking at the keys; does not allocate. */
  boolean replaces(Command of, StreamCommand newIn) {
    return of.replaces(words.of(newIn));
  }

  /** Where MOVE and COPY put their key. */
  static int otherDatabase(Command command, StreamCommand in, int database) {
    if (command.form() == Command.Form.PLAIN) {
      return database;
    }
    if (command.form() == Command.Form.MOVE && in.count() > 2 && in.isNumber(2)) {
      return (int) in.number(2);
    }
    if (command.form() == Command.Form.COPY) {
      for (int i = 3; i < in.count() - 1; i++) {
        if (in.is(i, "DB") && in.isNumber(i + 1)) {
          return (int) in.number(i + 1);
        }
      }
    }
    return database;
  }

  int size() {
    return keys.size();
  }

  DatabaseKey key(int index) {
    return keys.get(index);
  }

  /** The argument that the key stands at. */
  int argument(int index) {
    return arguments.get(index);
  }

  /** Whether this key is moved and written; all are read, but by a replacing command. */
  boolean writes(int index) {
    return moves(index)
        && (command.writes() == Writes.ALL
            || index == (command.writes() == Writes.FIRST ? 0 : keys.size() - 1));
  }

  /** Whether this key is moved, if its type is. */
  boolean moves(int index) {
    DatabaseKey key = keys.get(index);
    return selection.moves(key.database(), key.key(), 0, key.key().length);
  }

  boolean replaces() {
    return command.replaces(words.of(in));
  }

  /** Whether a command reads keys that its command line does not tell; does not allocate. */
  static boolean readsMore(Command of, StreamCommand line) {
    if (of.form() != Command.Form.SORT) {
      return false;
    }
    for (int i = 2; i < line.count() - 1; i++) {
      if ((line.is(i, "BY") || line.is(i, "GET")) && isPattern(line, i + 1)) {
        return true;
      }
    }
    return false;
  }

  boolean readsMore() {
    return readsMore(command, in);
  }

  /** Without an asterisk SORT looks nowhere (sort.c, lookupKeyByPattern). */
  private static boolean isPattern(StreamCommand line, int argument) {
    int from = line.offset(argument);
    for (int i = from; i < from + line.length(argument); i++) {
      if (line.buffer()[i] == '*') {
        return true;
      }
    }
    return false;
  }
}
