package io.cachesync.agent.writer;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.command.Command;
import io.cachesync.agent.command.Keys;
import io.cachesync.agent.entry.CommandEdit;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.filter.Selection;
import io.cachesync.contract.FaultException;
import java.util.Arrays;

/**
 * What keys and databases of the source are called at the target. Everything before a lane, and
 * what is remembered beside its checkpoint, speaks of them by their names at the source.
 */
final class TargetNames {
  private final Selection selection;
  private final StreamArguments arguments = new StreamArguments();
  private final CommandEdit edit = new CommandEdit();
  private final Keys.Visitor visitor = this::visit;
  private StreamCommand in;
  private int database;
  private int[] renamed = new int[16];
  private int[] rules = new int[16];
  private int size;
  private FaultException refused;

  TargetNames(Selection selection) {
    this.selection = selection;
  }

  /** A key at the target. */
  DatabaseKey of(DatabaseKey key) {
    byte[] name = selection.targetKey(key.key());
    int at = selection.targetDatabase(key.database());
    return name == key.key() && at == key.database() ? key : new DatabaseKey(at, name);
  }

  /**
   * A command as it is meant at the target, valid until the next one; the same where nothing in it
   * has another name.
   *
   * @param newDatabase selected at the source
   */
  StreamCommand of(Command command, StreamCommand newIn, int newDatabase) throws FaultException {
    in = newIn;
    database = newDatabase;
    size = 0;
    refused = null;
    if (selection.renames()) {
      command.keys().visit(arguments.of(in), visitor);
      if (refused != null) {
        throw refused;
      }
    }
    int number = selection.mapsDatabases() ? databaseArgument(command) : 0;
    return size == 0 && number == 0 ? in : write(number, command.name().equals("SWAPDB"));
  }

  /**
   * @param number the argument that is a database's number, or 0
   * @param twice whether the one behind it is another
   */
  private StreamCommand write(int number, boolean twice) {
    edit.begin(in);
    int next = 0;
    for (int i = 0; i < in.count(); i++) {
      if (next < size && renamed[next] == i) {
        int taken = selection.from(rules[next]).length;
        byte[] to = selection.to(rules[next++]);
        edit.put(to, in.buffer(), in.offset(i) + taken, in.length(i) - taken);
      } else if (number > 0 && (i == number || (twice && i == number + 1))) {
        edit.put(selection.targetDatabase((int) in.number(i)));
      } else {
        edit.keep();
      }
    }
    return edit.end();
  }

  /** Where a command names a database, as far as it does so in a form that is known. */
  private int databaseArgument(Command command) {
    return switch (command.name()) {
      case "MOVE" -> in.count() > 2 && in.isNumber(2) ? 2 : 0;
      case "SWAPDB" -> in.count() > 2 && in.isNumber(1) && in.isNumber(2) ? 1 : 0;
      case "COPY" -> {
        for (int i = 3; i < in.count() - 1; i++) {
          if (in.is(i, "DB") && in.isNumber(i + 1)) {
            yield i + 1;
          }
        }
        yield 0;
      }
      default -> 0;
    };
  }

  private void visit(int argument) {
    int offset = in.offset(argument);
    int length = in.length(argument);
    if (!selection.moves(database, in.buffer(), offset, length)) {
      return; // It is left out, or the whole command is.
    }
    try {
      int rule = selection.rule(database, in.buffer(), offset, length);
      if (rule == Selection.NO_RULE) {
        return;
      }
      if (size == rules.length) {
        renamed = Arrays.copyOf(renamed, size * 2);
        rules = Arrays.copyOf(rules, size * 2);
      }
      renamed[size] = argument;
      rules[size++] = rule;
    } catch (FaultException e) {
      refused = e;
    }
  }
}
