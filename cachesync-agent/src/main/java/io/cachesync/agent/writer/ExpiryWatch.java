package io.cachesync.agent.writer;

import io.cachesync.agent.command.Command;
import io.cachesync.agent.command.CommandTable;
import io.cachesync.agent.command.Keys;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.rdb.RdbType;

/**
 * Follows which keys get a time to live, and puts the checks of a late command before it: whatever
 * it reads or changes may have expired at the target although the source has renewed it since.
 */
final class ExpiryWatch {
  /** What a command does to times to live. */
  private enum Effect {
    NONE,
    SETS,
    SETS_WITH_OPTIONS,
    SETS_MANY,
    SETS_OF_FIELDS,
    RESTORES,
    CARRIES,
    /** Nothing, but it counts on from what a field holds. */
    NEEDS_FIELD,
    /** The text of a script: whatever it likes. */
    ANY
  }

  private final TargetFeatures target;
  private final ExpiringKeys keys;
  private final Effect[] effects;
  private final StreamArguments words = new StreamArguments();
  private StreamCommand looked;
  private final Keys.Visitor checkKey = this::checkKey;
  private final Keys.Visitor markKey = this::markKey;
  private Batch batch;
  private boolean checked;

  ExpiryWatch(TargetFeatures target, ExpiringKeys keys, CommandTable table) {
    this.target = target;
    this.keys = keys;
    effects = new Effect[table.commands().size()];
    for (Command command : table.commands()) {
      effects[command.index()] = effect(command.name());
    }
  }

  private static Effect effect(String name) {
    return switch (name) {
      case "EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT", "SETEX", "PSETEX", "GETEX" -> Effect.SETS;
      case "SET" -> Effect.SETS_WITH_OPTIONS;
      case "MSETEX" -> Effect.SETS_MANY;
      case "HEXPIRE", "HPEXPIRE", "HEXPIREAT", "HPEXPIREAT", "HSETEX", "HGETEX" ->
          Effect.SETS_OF_FIELDS;
      case "RESTORE", "RESTORE-ASKING" -> Effect.RESTORES;
      case "RENAME", "RENAMENX", "COPY" -> Effect.CARRIES;
      case "HINCRBY", "HINCRBYFLOAT" -> Effect.NEEDS_FIELD;
      case "EVAL", "EVALSHA" -> Effect.ANY;
      default -> Effect.NONE;
    };
  }

  /**
   * To be asked for every command, in their order, after {@link Batch#from} and before the command
   * itself is put into the batch.
   *
   * @param late whether keys may have expired at the target before this command comes there
   */
  void see(Command command, StreamCommand in, boolean late, Batch out) {
    Effect effect = effects[command.index()];
    looked = in;
    words.of(in);
    if (effect != Effect.NONE) {
      follow(command, effect, in);
    }
    batch = out;
    checked = late || effect == Effect.ANY;
    if (!command.replaces(words)) {
      command.keys().visit(words, checkKey);
    }
    if (effect == Effect.NEEDS_FIELD) {
      checkField(in, late);
    }
    if (in.isTimeUncertain() && setsRelativeTime(effect, in)) {
      batch.doubt(in);
    }
  }

  /** Sources before 7.0 send them: they count from when a command was executed. */
  private static boolean setsRelativeTime(Effect effect, StreamCommand in) {
    return switch (effect) {
      case SETS, SETS_WITH_OPTIONS -> setsRelativeTime(in);
      case RESTORES -> in.count() > 3 && !in.is(2, "0") && !names(in, 4, "ABSTTL");
      default -> false;
    };
  }

  private static boolean setsRelativeTime(StreamCommand in) {
    if (in.is(0, "SET") || in.is(0, "GETEX")) {
      return names(in, 2, "EX") || names(in, 2, "PX");
    }
    return !in.is(0, "EXPIREAT") && !in.is(0, "PEXPIREAT");
  }

  private static boolean names(StreamCommand in, int from, String option) {
    for (int i = from; i < in.count(); i++) {
      if (in.is(i, option)) {
        return true;
      }
    }
    return false;
  }

  private void follow(Command command, Effect effect, StreamCommand in) {
    switch (effect) {
      case SETS -> markKey(1);
      case SETS_WITH_OPTIONS -> {
        if (in.count() > 3) {
          markKey(1);
        }
      }
      case SETS_OF_FIELDS -> keys.fields(in.buffer(), in.offset(1), in.length(1), false);
      case RESTORES -> {
        markKey(1);
        if (in.count() > 3 && in.length(3) > 0 && hasFieldTimes(in.buffer()[in.offset(3)])) {
          keys.fields(in.buffer(), in.offset(1), in.length(1), true);
        }
      }
      case CARRIES ->
          keys.copied(in.buffer(), in.offset(1), in.length(1), in.offset(2), in.length(2));
      case SETS_MANY, ANY -> command.keys().visit(words, markKey);
      case NEEDS_FIELD, NONE -> {}
    }
  }

  /** Whether a value of this type has fields with times of their own. */
  static boolean hasFieldTimes(int type) {
    return (type >= RdbType.HASH_METADATA_PRE_GA && type <= RdbType.HASH_LISTPACK_EX)
        || type == RdbType.VALKEY_HASH_2;
  }

  private void markKey(int argument) {
    StreamCommand in = looked;
    keys.key(in.buffer(), in.offset(argument), in.length(argument));
  }

  private void checkKey(int argument) {
    StreamCommand in = looked;
    if (!keys.mayExpire(in.buffer(), in.offset(argument), in.length(argument))) {
      return;
    }
    if (checked) {
      Batch.Answer answer = target.imports() ? Batch.Answer.THERE : Batch.Answer.TIME_LEFT;
      batch.check(in.buffer(), in.offset(argument), in.length(argument), answer);
    } else {
      batch.unchecked();
    }
  }

  /** Any other command on a field either replaces it or tells by its reply that it was gone. */
  private void checkField(StreamCommand in, boolean late) {
    if (in.count() < 3 || !target.atLeast(704)) {
      return;
    }
    int offset = in.offset(1);
    int length = in.length(1);
    if (late
        ? keys.fieldsMayExpire(in.buffer(), offset, length)
        : keys.fieldsMayExpireEarly(in.buffer(), offset, length)) {
      batch.checkField(in);
    }
  }
}
