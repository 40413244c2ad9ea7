package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.command.Command;
import io.cachesync.agent.command.CommandTable;
import io.cachesync.agent.command.Role;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.entry.StreamReader;
import io.cachesync.agent.relay.RelayLog;
import io.cachesync.agent.relay.RelayReader;
import io.cachesync.agent.relay.RelayRecord;
import io.cachesync.agent.writer.Doubt;
import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.HealReason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Goes once more over commands that were applied, to find the keys that they left in doubt. Doubt
 * spreads from what a command reads to what it writes; a replacing command ends it.
 */
final class DoubtWalk {
  private static final long WAIT_MILLIS = 1000;
  private static final String MAY_LACK_FLUSH = "the script may have emptied databases, and ";

  /** Why a key is in doubt, and the command that made it so. */
  record Cause(HealReason reason, long offset, String command) {}

  private final OpenDoubt open;
  private final CommandGate gate;
  private final Predicate<DatabaseKey> mayExpire;
  private final boolean sendsScripts;
  private final Ahead ahead;
  private final CommandTable table = CommandTable.standard();
  private final TouchedKeys touched;
  private final List<DeadLetter> keyless = new ArrayList<>();
  private final Map<DatabaseKey, Long> elsewhere = new LinkedHashMap<>();
  private Map<DatabaseKey, Cause> doubts = new LinkedHashMap<>();
  private int database;

  /**
   * @param mayExpire which keys may have gone where the target was late
   * @param sendsScripts whether texts of scripts go to the target
   */
  DoubtWalk(
      OpenDoubt open, CommandGate gate, Predicate<DatabaseKey> mayExpire, boolean sendsScripts) {
    this.open = open;
    this.gate = gate;
    this.mayExpire = mayExpire;
    this.sendsScripts = sendsScripts;
    this.touched = new TouchedKeys(gate.selection(), gate.scripts());
    this.ahead = Ahead.copyOf(open.ahead());
    this.database = open.startDatabase();
  }

  /** The keys in doubt at the end, in the order in which they became so. */
  Map<DatabaseKey, Cause> run(RelayLog relay, Control control)
      throws IOException, InterruptedException {
    StreamReader reader = new StreamReader(open.start());
    RelayRecord record = new RelayRecord();
    try (RelayReader records = relay.reader(open.start())) {
      while (reader.offset() < open.end()) {
        if (!records.next(record, WAIT_MILLIS)) {
          control.check();
          continue;
        }
        if (record.database() >= 0) {
          database = record.database();
        }
        reader.append(record.buffer(), record.offset(), record.length(), record.receivedMillis());
        for (StreamCommand command = reader.next();
            command != null && command.endOffset() <= open.end();
            command = reader.next()) {
          take(command);
        }
      }
    }
    return doubts;
  }

  /** Commands that were refused and name no keys that could be fetched instead. */
  List<DeadLetter> keyless() {
    return keyless;
  }

  /**
   * Keys of slots that move by now, with the offset of a command that writes them: where a slot has
   * begun to move since, they are in doubt no more, and are to be remembered.
   */
  Map<DatabaseKey, Long> elsewhere() {
    return elsewhere;
  }

  private void take(StreamCommand in) throws FaultException {
    Command command = table.find(in.buffer(), in.offset(0), in.length(0));
    if (command.role() == Role.CONTROL) {
      if (command.name().equals("SELECT")) {
        database = (int) in.number(1);
      }
      return;
    }
    CommandGate.Verdict verdict = gate.judge(command, in, database);
    if (verdict == CommandGate.Verdict.ELSEWHERE && gate.remembersElsewhere()) {
      rememberElsewhere(command, in);
    }
    if (verdict == CommandGate.Verdict.FILTER
        || verdict == CommandGate.Verdict.ELSEWHERE
        || verdict == CommandGate.Verdict.MOVES) {
      return;
    }
    touched.look(command, in, database);
    Doubt seed = open.seeds().get(in.endOffset());
    boolean isDead = command.runsCode() ? !touched.areAll() : touched.size() == 0;
    boolean isRefused = seed != null && seed.fault() != null && !seed.isLeftOut();
    boolean mayLackFlush = isRefused && mayEmpty(command);
    if (mayLackFlush) {
      keyless.add(letter(command, in, MAY_LACK_FLUSH + seed.fault().message()));
    } else if (isDead && seed != null && (touched.size() == 0 || seed.isLeftOut())) {
      keyless.add(letter(command, in, seed.fault().message()));
    }
    switch (command.role()) {
      case FLUSH -> flush(command, in);
      case DATA -> {
        switch (verdict) {
          case DELETE -> replaced(in);
          case FETCH -> notSent(command, in);
          case CONTAINED -> contained(command, in);
          default -> {
            data(command, in);
            if (mayEmpty(command)) {
              mayBeEmptied(command, in);
            }
          }
        }
      }
      default -> {}
    }
  }

  /** Whether it is a script that is sent to the target and may empty databases there. */
  private boolean mayEmpty(Command command) {
    return command.runsCode() && gate.scripts().mayEmpty() && sendsScripts;
  }

  private DeadLetter letter(Command command, StreamCommand in, String why) {
    return command.runsCode()
        ? ScriptLetters.of(command, in, database, touched, why)
        : HealRecord.letter(in.endOffset(), command.name(), new DatabaseKey(-1, new byte[0]), why);
  }

  /** What it writes is at the target as it should be, whatever was there before. */
  private void replaced(StreamCommand in) {
    for (int i = 0; i < touched.size(); i++) {
      DatabaseKey key = touched.key(i);
      if (touched.writes(i) && !ahead.covers(key, in.endOffset())) {
        doubts.remove(key);
      }
    }
  }

  /** It hangs on what is not moved; nothing of it was sent, whatever is ahead. */
  private void notSent(Command command, StreamCommand in) {
    doubt(in, false, new Cause(gate.fetchedFor(), in.endOffset(), command.name()));
  }

  /** What was not fetched with its slot was gone by then, or could not be. */
  private void contained(Command command, StreamCommand in) {
    Cause cause = new Cause(HealReason.SLOT_MOVED, in.endOffset(), command.name());
    for (int i = 0; i < touched.size(); i++) {
      if (touched.writes(i) && !ahead.covers(touched.key(i), in.endOffset())) {
        doubts.putIfAbsent(touched.key(i), cause);
      }
    }
  }

  private void rememberElsewhere(Command command, StreamCommand in) {
    touched.look(command, in, database);
    for (int i = 0; i < touched.size(); i++) {
      if (touched.writes(i)) {
        elsewhere.putIfAbsent(touched.key(i), in.endOffset());
      }
    }
  }

  private void data(Command command, StreamCommand in) {
    long end = in.endOffset();
    Ahead.Course course = ahead.judge(touched, end);
    Doubt seed = open.seeds().get(end);
    if (course == Ahead.Course.SKIP && !open.unanswered()) {
      return;
    }
    if (course == Ahead.Course.FETCH || course == Ahead.Course.SKIP) {
      HealReason reason = touched.readsMore() ? HealReason.INPUTS_UNKNOWN : HealReason.KEY_AHEAD;
      doubt(in, false, new Cause(reason, end, command.name()));
    } else if (seed != null) {
      doubt(in, !seed.isLeftOut(), new Cause(seed.reason(), end, command.name()));
    } else if (touched.replaces() && !(open.unanswered() && mayBeWrong(command, in))) {
      replaced(in);
    } else if (open.unanswered()) {
      // It may have been refused for what an input held, or computed from what is not the source's.
      doubt(in, true, new Cause(HealReason.UNANSWERED, end, command.name()));
    } else if (open.late() && mayHaveExpired()) {
      doubt(in, false, new Cause(HealReason.EXPIRED_EARLY, end, command.name()));
    } else {
      spread(in);
    }
  }

  private boolean mayHaveExpired() {
    for (int i = 0; i < touched.size(); i++) {
      if (touched.moves(i) && mayExpire.test(touched.key(i))) {
        return true;
      }
    }
    return false;
  }

  /** A payload may be one that the target does not take, a time one that counted from elsewhere. */
  private static boolean mayBeWrong(Command command, StreamCommand in) {
    return command.name().startsWith("RESTORE") || in.isTimeUncertain();
  }

  private void spread(StreamCommand in) {
    for (int i = 0; i < touched.size(); i++) {
      Cause cause = doubts.get(touched.key(i));
      if (cause != null) {
        doubt(in, false, cause);
        return;
      }
    }
  }

  /**
   * What is ahead is exact, unless it was written in a transaction whose end was not seen either.
   *
   * @param inputsToo whether what it only reads is in doubt as well: that a command is refused
   *     tells that one of its keys is not what it was at the source
   */
  private void doubt(StreamCommand in, boolean inputsToo, Cause cause) {
    for (int i = 0; i < touched.size(); i++) {
      boolean exact = !open.unanswered() && ahead.covers(touched.key(i), in.endOffset());
      if ((inputsToo ? touched.moves(i) : touched.writes(i)) && !exact) {
        doubts.putIfAbsent(touched.key(i), cause);
      }
    }
  }

  private void flush(Command command, StreamCommand in) {
    switch (command.name()) {
      case "FLUSHALL" -> {
        flushed(in.endOffset(), -1);
        doubts.clear();
      }
      case "FLUSHDB" -> {
        flushed(in.endOffset(), database);
        doubts.keySet().removeIf(key -> key.database() == database);
      }
      default -> swap((int) in.number(1), (int) in.number(2), in.endOffset());
    }
  }

  /** As when its commands were taken: what hung on a key that is ahead was not sent then. */
  private void flushed(long offset, int of) {
    List<DatabaseKey> keys = open.flushed().get(offset);
    if (keys == null) {
      ahead.flushed(of);
    } else {
      keys.forEach(ahead::remove);
    }
  }

  /** Whether a script came to its flush is not known: what is ahead of it may be gone. */
  private void mayBeEmptied(Command command, StreamCommand in) {
    Cause cause = new Cause(HealReason.KEY_AHEAD, in.endOffset(), command.name());
    for (DatabaseKey key : ahead.beyond(in.endOffset())) {
      doubts.putIfAbsent(key, cause);
    }
  }

  private void swap(int one, int other, long endOffset) {
    Map<DatabaseKey, Cause> swapped = new LinkedHashMap<>();
    doubts.forEach(
        (key, cause) -> {
          int at = key.database();
          swapped.put(at == one ? key.in(other) : at == other ? key.in(one) : key, cause);
        });
    doubts = swapped;
    Cause cause = new Cause(HealReason.KEY_AHEAD, endOffset, "SWAPDB");
    for (DatabaseKey key : ahead.swapped(one, other, endOffset)) {
      doubts.putIfAbsent(key, cause);
    }
  }
}
