package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.writer.LaneWriter;
import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.LogLevel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Lists commands and keys of which the target does not have what it should, in the record beside
 * the checkpoint, and tells each. For the applying thread.
 */
final class DeadLetters {
  private final LinkState state;
  private LaneWriter writer;
  private HealRecord record = new HealRecord();
  private final Set<Integer> unwritten = new LinkedHashSet<>();

  DeadLetters(LinkState state) {
    this.state = state;
  }

  /** Goes on with what was read at the target beside its checkpoint. */
  void use(HealRecord found) {
    record = found;
    unwritten.clear();
  }

  void writeTo(LaneWriter lane) {
    writer = lane;
  }

  /** Lists a command that has no place at the target, in the transaction that is being filled. */
  void listUnsupported(long offset, String command, DatabaseKey key, String why) {
    int number = unsupported(offset, command, key, why);
    if (number >= 0) {
      writer.appendHealRecord("HMSET", record.deadLetterWords(number));
    }
  }

  /** The same of a script, of which each call is told, those that are alike by their number. */
  void listScript(DeadLetter letter) {
    int number = script(letter);
    if (number >= 0) {
      writer.appendHealRecord("HMSET", record.deadLetterWords(number));
    }
  }

  /** Lists a key that is neither what it was nor what it should be, in the same way. */
  void listTorn(DatabaseKey key, long offset, String why) {
    DeadLetter letter = HealRecord.letter(offset, "a repair", key, why);
    int number = record.add(letter);
    if (number >= 0) {
      writer.appendHealRecord("HMSET", record.deadLetterWords(number));
    }
    say(letter);
  }

  /** Lists what is written with {@link #unwritten} later. */
  void bury(DeadLetter letter) {
    int number = record.add(letter);
    if (number >= 0) {
      unwritten.add(number);
    }
    say(letter);
  }

  /** The same for a script, as {@link #listScript}. */
  void buryScript(DeadLetter letter) {
    int number = script(letter);
    if (number >= 0) {
      unwritten.add(number);
    }
  }

  /** The same for what has no place at the target, where a key is listed once. */
  void buryUnsupported(long offset, String command, DatabaseKey key, String why) {
    int number = unsupported(offset, command, key, why);
    if (number >= 0) {
      unwritten.add(number);
    }
  }

  /** Fields and values of the record that are yet to be written. */
  List<byte[]> unwritten() {
    List<byte[]> words = new ArrayList<>();
    for (int number : unwritten) {
      words.addAll(record.deadLetterWords(number));
    }
    return words;
  }

  /** They are at the target. */
  void written() {
    unwritten.clear();
  }

  /** Returns the number of a letter that is to be written, or -1. */
  private int unsupported(long offset, String command, DatabaseKey key, String why) {
    int before = record.listed();
    DeadLetter letter = HealRecord.letter(offset, command, key, why);
    int number = record.addOnce(letter);
    if (record.listed() > before) {
      say(letter);
    }
    return number;
  }

  private int script(DeadLetter letter) {
    int before = record.listed();
    int number = record.addCounted(letter);
    if (record.listed() > before) {
      say(letter);
    }
    return number;
  }

  private void say(DeadLetter letter) {
    if (!letter.script().isEmpty()) {
      state.log(
          LogLevel.WARN,
          "%s of the script %s at offset %d, in database %d, was not applied: %s"
              .formatted(
                  letter.command(),
                  letter.script(),
                  letter.offset(),
                  letter.database(),
                  letter.error()));
      return;
    }
    if (letter.database() < 0) {
      state.log(
          LogLevel.WARN,
          "%s at offset %d was not applied: %s"
              .formatted(letter.command(), letter.offset(), letter.error()));
      return;
    }
    state.log(
        LogLevel.WARN,
        "the key '%s' of database %d may differ at the target: %s at offset %d, %s"
            .formatted(
                letter.key(),
                letter.database(),
                letter.command(),
                letter.offset(),
                letter.error()));
  }
}
