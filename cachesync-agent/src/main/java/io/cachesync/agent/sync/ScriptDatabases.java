package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.checkpoint.RememberedScripts;
import io.cachesync.agent.command.Command;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * In which databases the scripts write that a source below 5.0 sends as text: as far as it is told
 * by their text ({@link ScriptSelects}) and the arguments of a call. A source sends only the digest
 * of a text that it has sent before, so those that leave their database are remembered beside the
 * checkpoint. A cluster as the source has one database: there only those are looked for that empty
 * it.
 */
final class ScriptDatabases {
  static final Fault NOT_TOLD =
      Fault.fatal(
          FaultCode.SCRIPT_TEXT,
          "the script empties a database, selects a database or moves a key to one, and its text"
              + " does not tell what that hits");

  /** Of a source whose scripts stay in their database. */
  static final ScriptDatabases NONE = new ScriptDatabases(new HealRecord(), false, false);

  private final HealRecord record;
  private final boolean looks;
  private final boolean several;
  private final BitSet others = new BitSet();
  private boolean told = true;
  private boolean empties;
  private boolean swaps;

  /**
   * @param several whether the source has several databases
   */
  ScriptDatabases(HealRecord record, boolean several) {
    this(record, true, several);
  }

  private ScriptDatabases(HealRecord record, boolean looks, boolean several) {
    this.record = record;
    this.looks = looks;
    this.several = several;
  }

  /**
   * Looks at a command of the stream; the other methods then tell of this one.
   *
   * @param database selected at the source
   */
  void look(Command command, StreamCommand in, int database) {
    others.clear();
    told = true;
    empties = false;
    swaps = false;
    if (!looks || !command.runsCode() || in.count() < 3) {
      return;
    }
    String words =
        switch (command.name()) {
          case "EVAL" -> words(in, 1);
          case "EVALSHA" -> known(in.text(1).toLowerCase(Locale.ROOT));
          default -> "";
        };
    if (words.isEmpty()) {
      return;
    }
    for (String word : words.split(" ")) {
      take(word, in);
    }
    others.clear(database);
  }

  private String words(StreamCommand in, int argument) {
    byte[] buffer = in.buffer();
    int offset = in.offset(argument);
    int length = in.length(argument);
    return several
        ? ScriptSelects.of(buffer, offset, length)
        : ScriptSelects.emptying(buffer, offset, length);
  }

  private void take(String word, StreamCommand in) {
    boolean any = word.equals(ScriptSelects.ANY_OF_THESE);
    empties |= any || word.equals(ScriptSelects.EMPTIES);
    swaps |= word.equals(ScriptSelects.SWAPS);
    int keys = in.isNumber(2) ? (int) in.number(2) : -1;
    long number = -1;
    if (word.startsWith("ARGV") || word.startsWith("KEYS")) {
      boolean isKey = word.startsWith("KEYS");
      int index = Integer.parseInt(word.substring(4));
      int argument = 2 + index + (isKey ? 0 : keys);
      boolean there = keys >= 0 && index > 0 && argument < in.count() && (!isKey || index <= keys);
      number = there && in.isNumber(argument) ? in.number(argument) : -1;
    } else if (!any) {
      number = Long.parseLong(word);
    }
    if (number < 0 || number > Short.MAX_VALUE) {
      told = false;
    } else {
      others.set((int) number);
    }
  }

  /** Whether it writes to other databases than the one that it is called in, or may. */
  boolean leaves() {
    return !told || !others.isEmpty();
  }

  /** Whether all databases that it writes to are known. */
  boolean areTold() {
    return told;
  }

  /** Whether it empties databases or swaps them, or may. */
  boolean mayEmpty() {
    return empties || swaps;
  }

  /** Whether it swaps databases. */
  boolean swaps() {
    return swaps;
  }

  /** Those that are known, without the one that it is called in; changed by the next look. */
  BitSet others() {
    return others;
  }

  private String known(String digest) {
    RememberedScripts scripts = record.scripts();
    return scripts.mayBeForgotten(digest) ? ScriptSelects.ANY_OF_THESE : scripts.words(digest);
  }

  /**
   * Remembers what a command tells of texts.
   *
   * @return what is to be written of that in the record
   */
  List<byte[]> news(Command command, StreamCommand in) {
    if (!looks || in.count() < 2) {
      return List.of();
    }
    RememberedScripts scripts = record.scripts();
    boolean loads = command.name().equals("SCRIPT") && in.is(1, "LOAD");
    if (command.name().equals("SCRIPT") && in.is(1, "FLUSH")) {
      scripts.flushed(in.endOffset());
    } else if (command.name().equals("EVALSHA")) {
      String digest = in.text(1).toLowerCase(Locale.ROOT);
      return scripts.called(digest, in.endOffset()) ? scripts.wordsOf(digest) : List.of();
    } else if ((loads || command.name().equals("EVAL")) && in.count() > 2) {
      int argument = loads ? 2 : 1;
      String words = words(in, argument);
      if (!words.isEmpty() || scripts.remembersAll() || scripts.isAnyLeaving()) {
        String digest = digest(in.bytes(argument));
        boolean isNews =
            !words.isEmpty() || scripts.remembersAll() || !scripts.words(digest).isEmpty();
        return isNews && scripts.add(digest, in.endOffset(), words)
            ? scripts.wordsOf(digest)
            : List.of();
      }
    }
    return List.of();
  }

  /** What EVALSHA calls a text by. */
  static String digest(byte[] text) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }
}
