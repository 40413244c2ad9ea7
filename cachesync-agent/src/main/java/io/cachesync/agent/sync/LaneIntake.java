package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.command.Command;
import io.cachesync.agent.command.Role;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.writer.Doubt;
import io.cachesync.agent.writer.LaneWriter;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.LogLevel;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;

/**
 * Decides what becomes of a command in a lane: left out, contained in what was fetched, or put into
 * the batch, whole or in part.
 */
final class LaneIntake {
  private static final Fault CROSSES_SLOTS =
      Fault.fatal(FaultCode.TARGET_REFUSED, "its keys lie in different hash slots");
  private static final Fault NAMES_NO_KEY =
      Fault.fatal(
          FaultCode.TARGET_REFUSED,
          "it names no key, so no master of a cluster is known to be the one for it");
  private static final Fault NOT_MOVED =
      Fault.fatal(FaultCode.TARGET_REFUSED, "it hangs on what is not moved");

  private static final Fault FETCHED_WITH_ITS_SLOT =
      Fault.fatal(FaultCode.TARGET_REFUSED, "its slot was fetched as a whole from behind it");

  private static final DatabaseKey NO_KEY = new DatabaseKey(-1, new byte[0]);

  private final LaneWriter writer;
  private final CommandGate gate;
  private final Refetch refetch;
  private final Ahead ahead;
  private final Exactness exactness;
  private final TouchedKeys touched;
  private final LinkState state;
  private final Sweep sweep;
  private final long sweptUpTo;
  private boolean toldOwn;

  LaneIntake(
      LaneWriter writer,
      CommandGate gate,
      Refetch refetch,
      Sweep sweep,
      LinkState state,
      Exactness exactness) {
    this.sweep = sweep;
    this.writer = writer;
    this.gate = gate;
    this.refetch = refetch;
    this.ahead = refetch.ahead();
    this.state = state;
    this.exactness = exactness;
    this.touched = new TouchedKeys(gate.selection(), gate.scripts());
    this.sweptUpTo = exactness.fetchesWhatWasSwept() ? refetch.record().sweptUpTo() : -1;
  }

  /** Whether a command is not left out by its name. */
  boolean applies(Command command, StreamCommand in) {
    return gate.applies(command, in);
  }

  /**
   * Puts what is to be sent for a command into the batch, and what became of it into the filling.
   *
   * @param database selected at the source
   * @param late whether its keys may have expired at the target
   */
  void take(Command command, StreamCommand in, int database, boolean late, Filling into)
      throws IOException {
    Tally.Counts counts = into.counts;
    if (command.runsCode() || command.role() == Role.SCRIPT) {
      rememberScript(command, in, into);
    }
    CommandGate.Verdict verdict = gate.judge(command, in, database);
    if (verdict == CommandGate.Verdict.FILTER) {
      counts.filtered++;
    } else if (verdict == CommandGate.Verdict.ELSEWHERE) {
      counts.healed++;
      rememberElsewhere(command, in, database, into);
    } else if (verdict == CommandGate.Verdict.CONTAINED) {
      takeContained(command, in, database, into);
    } else if (verdict == CommandGate.Verdict.MOVES) {
      throw SlotMoving.of(gate.slot());
    } else if (verdict == CommandGate.Verdict.DELETE) {
      delete(command, in, database, counts);
    } else if (verdict == CommandGate.Verdict.APPLY && mayEmpty(command)) {
      takeEmptying(command, in, database, late, into);
    } else if (isHealed(command, in, database, into)) {
      countHealed(command, in, database, into);
    } else if (verdict == CommandGate.Verdict.TRIM) {
      trim(command, in, database);
      counts.applied++;
    } else if (verdict == CommandGate.Verdict.FETCH) {
      fetch(command, in, database, into);
    } else {
      append(command, in, database, late, into);
    }
  }

  /** Also of one that is not moved: it may be called elsewhere later. */
  private void rememberScript(Command command, StreamCommand in, Filling into) {
    List<byte[]> words = gate.scripts().news(command, in);
    if (!words.isEmpty()) {
      into.replacing = false;
      writer.appendHealRecord("HMSET", words);
    }
  }

  /** Of a script the keys that are ahead are right; what else it wrote may not be known. */
  private void countHealed(Command command, StreamCommand in, int database, Filling into) {
    if (!command.runsCode() || gate.scripts().areTold()) {
      into.counts.healed++;
      return;
    }
    into.counts.deadLetters++;
    into.replacing = false;
    String why = ScriptDatabases.NOT_TOLD.message();
    touched.look(command, in, database);
    refetch.letters().listScript(ScriptLetters.of(command, in, database, touched, why));
  }

  /** Whether it is a script that is run at the target and may empty databases there. */
  private boolean mayEmpty(Command command) {
    return command.runsCode() && gate.scripts().mayEmpty() && writer.runsScriptTexts();
  }

  /**
   * Such a script goes as a flush of the source does, with our own keys again behind it. Whether it
   * came to the flush nobody tells: what is ahead of it may be gone or not, and is fetched.
   */
  private void takeEmptying(
      Command command, StreamCommand in, int database, boolean late, Filling into)
      throws IOException {
    String why = gate.whyNotEmptied();
    if (why.isEmpty() && namesWhatIsAhead(command, in, database)) {
      why = "names a key that was fetched again from behind it";
    }
    if (why.isEmpty()) {
      append(command, in, database, late, into);
      writer.putOwnKeysBack();
      into.doubtful |= exactness.skipsWhatIsAhead() && !ahead.isBehind(in.endOffset());
      return;
    }
    if (!writer.skipsUnsupported()) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.FLUSH_REFUSED,
              "a script that may empty databases, at offset %d, %s"
                  .formatted(in.endOffset(), why)));
    }
    bury(command, in, database, "the script may empty databases, and " + why, into);
  }

  private boolean namesWhatIsAhead(Command command, StreamCommand in, int database) {
    touched.look(command, in, database);
    for (int i = 0; i < touched.size(); i++) {
      if (exactness.skipsWhatIsAhead() && isAhead(i, in)) {
        return true;
      }
    }
    return false;
  }

  private void fetch(Command command, StreamCommand in, int database, Filling into) {
    HealReason reason = gate.fetchedFor();
    touched.look(command, in, database);
    boolean told = touched.areAll() || touched.size() == 0;
    leaveOut(command, in, reason, told ? NOT_MOVED : ScriptDatabases.NOT_TOLD, into);
  }

  /**
   * At a target that was not empty, who fetches its slot must know that its keys are the task's.
   */
  private void rememberElsewhere(Command command, StreamCommand in, int database, Filling into) {
    if (!gate.remembersElsewhere()) {
      return;
    }
    touched.look(command, in, database);
    for (int i = 0; i < touched.size(); i++) {
      if (touched.writes(i)) {
        into.replacing = false;
        refetch.remember(touched.key(i), in.endOffset());
      }
    }
  }

  /**
   * A key that was not fetched with its slot was gone at the source by then: who left it alone, as
   * it might be another's, is told by this command that it is the source's. So it is asked for.
   */
  private void takeContained(Command command, StreamCommand in, int database, Filling into) {
    touched.look(command, in, database);
    for (int i = 0; i < touched.size(); i++) {
      if (touched.writes(i) && !isAhead(i, in)) {
        leaveOut(command, in, HealReason.SLOT_MOVED, FETCHED_WITH_ITS_SLOT, into);
        return;
      }
    }
    into.counts.healed++;
  }

  /** What is moved of what a command writes goes; what is ahead of it stays. */
  private void delete(Command command, StreamCommand in, int database, Tally.Counts counts)
      throws IOException {
    touched.look(command, in, database);
    boolean any = false;
    for (int i = 0; i < touched.size(); i++) {
      boolean ahead = exactness.skipsWhatIsAhead() && isAhead(i, in);
      if (touched.writes(i) && !ahead) {
        writer.appendDelete(in, touched.key(i));
        any = true;
      }
    }
    if (any) {
      counts.applied++;
    } else {
      counts.healed++;
    }
  }

  private void trim(Command command, StreamCommand in, int database) throws IOException {
    touched.look(command, in, database);
    BitSet left = new BitSet();
    for (int i = 0; i < touched.size(); i++) {
      left.set(touched.argument(i), !touched.moves(i));
      if (gate.selection().isOwn(touched.key(i).key())) {
        tellOwn(in);
      }
    }
    writer.appendWithout(command, in, database, left::get);
  }

  private boolean isAhead(int key, StreamCommand in) {
    return ahead.covers(touched.key(key), in.endOffset());
  }

  private void append(Command command, StreamCommand in, int database, boolean late, Filling into)
      throws IOException {
    switch (writer.append(command, in, database, late)) {
      case SENT -> {
        into.counts.applied++;
        if (into.replacing) {
          into.replacing = touched.replaces(command, in) && !in.isTimeUncertain();
        }
        if (in.endOffset() <= sweptUpTo) {
          mayMeetFormer(command, in, database, into);
        }
      }
      case NOTHING -> into.counts.folded++;
      case LEFT_OUT -> leaveOut(command, in, HealReason.CROSS_SLOT, CROSSES_SLOTS, into);
      case NOWHERE -> leaveOut(command, in, HealReason.CROSS_SLOT, NAMES_NO_KEY, into);
      case NO_WORDS ->
          leaveOut(command, in, HealReason.OLDER_TARGET, writer.faultOfLeftOut(), into);
      case SCRIPT_TEXT -> {
        touched.look(command, in, database);
        if (touched.areAll()) {
          leaveOut(command, in, HealReason.SCRIPT_TEXT, writer.faultOfLeftOut(), into);
        } else if (writer.skipsUnsupported()) {
          bury(command, in, database, whyScript(), into);
        } else {
          throw new FaultException(
              touched.size() == 0
                  ? writer.faultOfLeftOut()
                  : Fault.fatal(
                      FaultCode.SCRIPT_TEXT,
                      "%s, at offset %d".formatted(whyScript(), in.endOffset())));
        }
      }
      case NO_PLACE -> bury(command, in, database, writer.whyLeftOut(), into);
    }
  }

  private String whyScript() {
    return touched.size() == 0
        ? writer.whyLeftOut()
        : "%s, and %s".formatted(writer.whyLeftOut(), ScriptDatabases.NOT_TOLD.message());
  }

  /**
   * What it makes anew may have had something of a former full sync in its place; what it replaces
   * has nothing of it any more.
   */
  private void mayMeetFormer(Command command, StreamCommand in, int database, Filling into)
      throws FaultException {
    if (command.name().equals("SWAPDB")) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.FLUSH_REFUSED,
              "SWAPDB at offset %d came while the target was swept: start afresh"
                  .formatted(in.endOffset())));
    }
    if (command.role() != Role.DATA || touched.replaces(command, in)) {
      return;
    }
    touched.look(command, in, database);
    boolean meets = false;
    for (int i = 0; i < touched.size(); i++) {
      meets |= sweep.mayHaveLeft(touched.key(i));
    }
    if (meets) {
      into.leftOut.add(new Doubt(in.endOffset(), HealReason.SWEPT, command.name(), null));
      into.doubtful = true;
    }
  }

  /** Counted as applied until what it writes was fetched, or is known to be lost. */
  private static void leaveOut(
      Command command, StreamCommand in, HealReason reason, Fault why, Filling into) {
    into.counts.applied++;
    into.leftOut.add(new Doubt(in.endOffset(), reason, command.name(), why));
    into.doubtful = true;
  }

  /** The target has no place for what it writes. */
  private void bury(Command command, StreamCommand in, int database, String why, Filling into) {
    into.counts.deadLetters++;
    into.replacing = false;
    touched.look(command, in, database);
    if (command.runsCode()) {
      refetch.letters().listScript(ScriptLetters.of(command, in, database, touched, why));
      return;
    }
    DatabaseKey key = touched.size() > 0 ? touched.key(0) : NO_KEY;
    refetch.letters().listUnsupported(in.endOffset(), command.name(), key, why);
  }

  /** Whether the command is contained in what was fetched; what it also does is seen to here. */
  private boolean isHealed(Command command, StreamCommand in, int database, Filling into)
      throws IOException {
    long end = in.endOffset();
    boolean mayMeetAhead = !ahead.isBehind(end) && exactness.skipsWhatIsAhead();
    if (!mayMeetAhead && !TouchedKeys.readsMore(command, in)) {
      return false;
    }
    if (command.role() == Role.FLUSH) {
      flush(command, in, database, into);
      return false;
    }
    if (command.role() != Role.DATA) {
      return false;
    }
    touched.look(command, in, database);
    switch (ahead.judge(touched, end)) {
      case APPLY -> {
        return false;
      }
      case SKIP -> {
        return true;
      }
      case PART -> {
        appendPart(command, in, database);
        return true;
      }
      default -> {
        into.doubtful = true;
        return true;
      }
    }
  }

  /** A DEL, UNLINK or MSET without the keys that are ahead and those that are not moved. */
  private void appendPart(Command command, StreamCommand in, int database) throws IOException {
    BitSet left = new BitSet();
    for (int i = 0; i < touched.size(); i++) {
      left.set(touched.argument(i), !touched.moves(i) || isAhead(i, in));
    }
    if (left.cardinality() < touched.size()) {
      writer.appendWithout(command, in, database, left::get);
    }
  }

  private void flush(Command command, StreamCommand in, int database, Filling into) {
    switch (command.name()) {
      case "FLUSHALL" ->
          into.flushed.put(in.endOffset(), ahead.flushed(key -> writer.lacks(key, in.endOffset())));
      case "FLUSHDB" ->
          into.flushed.put(
              in.endOffset(),
              ahead.flushed(
                  key -> key.database() == database && writer.lacks(key, in.endOffset())));
      default -> {
        if (!ahead.swapped((int) in.number(1), (int) in.number(2), in.endOffset()).isEmpty()) {
          into.doubtful = true;
        }
      }
    }
  }

  /** The first one is told, so that the log stays readable. */
  private void tellOwn(StreamCommand in) {
    if (!toldOwn) {
      toldOwn = true;
      state.log(
          LogLevel.WARN,
          "%s at offset %d names keys that begin as our own do; such keys are left out, here and"
                  .formatted(in.text(0), in.endOffset())
              + " from now on");
    }
  }
}
