package io.cachesync.agent.sync;

import io.cachesync.agent.command.Command;
import io.cachesync.agent.command.CommandTable;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.filter.Selection;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.HealReason;
import java.util.BitSet;
import java.util.Locale;

/** What is to become of a command of the stream: what the task moves, and who owns the target. */
final class CommandGate {
  /** What is to become of a command. */
  enum Verdict {
    APPLY,
    FILTER,
    /** Its slot of the source is fetched as a whole. */
    ELSEWHERE,
    /**
     * Its slot was fetched as a whole from behind it: of what it writes only that is in doubt which
     * was not fetched.
     */
    CONTAINED,
    /** It tells that its slot of the source moves. */
    MOVES,
    /** What it writes of what is moved is no longer, or is of a type that is not moved. */
    DELETE,
    /** A DEL, UNLINK or MSET: applied without the keys that are not moved. */
    TRIM,
    /** It hangs on what is not moved: what it writes of what is moved is fetched. */
    FETCH
  }

  private final Selection selection;
  private final boolean owned;
  private final boolean oneDatabase;
  private final KeyScan keys;
  private final SourcePart part;
  private final SlotShare share;
  private final ScriptDatabases scripts;
  private HealReason fetched = HealReason.INPUTS_NOT_MOVED;

  /** By number of the command: whether it makes a value of a type that is not moved. */
  private final boolean[] typeFiltered;

  /**
   * @param owned whether the claimed databases of the target were empty when they were claimed
   * @param oneDatabase whether the target has no other databases than 0
   */
  CommandGate(Selection selection, boolean owned, boolean oneDatabase) {
    this(
        selection,
        owned,
        oneDatabase,
        SourcePart.WHOLE,
        new SlotShare(SourcePart.WHOLE, new SlotMoves(1)),
        ScriptDatabases.NONE);
  }

  /** As above, for a link that has this part of the source. */
  CommandGate(
      Selection selection,
      boolean owned,
      boolean oneDatabase,
      SourcePart part,
      SlotShare share,
      ScriptDatabases scripts) {
    this.scripts = scripts;
    this.part = part;
    this.share = share;
    this.selection = selection;
    this.owned = owned;
    this.oneDatabase = oneDatabase;
    this.keys = new KeyScan(selection);
    var table = CommandTable.standard().commands();
    typeFiltered = new boolean[table.size()];
    for (Command command : table) {
      typeFiltered[command.index()] =
          !command.type().isEmpty() && !selection.movesType(command.type());
    }
  }

  Selection selection() {
    return selection;
  }

  ScriptDatabases scripts() {
    return scripts;
  }

  /** Why what the command writes is fetched that was judged last, where that is its verdict. */
  HealReason fetchedFor() {
    return fetched;
  }

  /** The hash slot of the command that was judged last. */
  int slot() {
    return share.slot();
  }

  /** Whether keys of what is ELSEWHERE are to be remembered. */
  boolean remembersElsewhere() {
    return share.isForeign();
  }

  /** The slot of the command that was judged last moves at the source. */
  void noticeMove() {
    share.notice(share.slot());
  }

  /**
   * @param database selected at the source
   * @throws FaultException FLUSH_REFUSED where it would hit what this link does not own or not
   *     move; KEYS_COLLIDE where two keys would be one
   */
  Verdict judge(Command command, StreamCommand in, int database) throws FaultException {
    if (!applies(command, in)) {
      return Verdict.FILTER;
    }
    return switch (command.role()) {
      case MESSAGE ->
          selection.spec().publish() && !isSentinelHello(in) ? Verdict.APPLY : Verdict.FILTER;
      case FLUSH -> judgeFlush(command, in, database);
      case SCRIPT -> judgeScript(command, in);
      default -> judgeData(command, in, database);
    };
  }

  /** A command of a module may be left out by its name though nothing is known of it. */
  boolean applies(Command command, StreamCommand in) {
    return selection.appliesCommand(
        command.known() ? command.name() : in.text(0).toUpperCase(Locale.ROOT));
  }

  private Verdict judgeData(Command command, StreamCommand in, int database) throws FaultException {
    ShardDatabases.refuse(database, part.isShard(), selection);
    if (share.follows()) {
      switch (share.place(command, in)) {
        case ELSEWHERE -> {
          return share.mayTellOfGone() ? judgeContained(command, in, database) : Verdict.ELSEWHERE;
        }
        case MOVES -> {
          return Verdict.MOVES;
        }
        default -> {}
      }
    } else if (part.isShard() && command.name().equals("RESTORE-ASKING")) {
      throw new FaultException(
          SlotWatch.resharded("a key of another shard came in at offset " + in.endOffset()));
    }
    return judgeMoved(command, in, database);
  }

  private Verdict judgeContained(Command command, StreamCommand in, int database)
      throws FaultException {
    Verdict verdict = judgeMoved(command, in, database);
    return verdict == Verdict.FILTER ? verdict : Verdict.CONTAINED;
  }

  private Verdict judgeMoved(Command command, StreamCommand in, int database)
      throws FaultException {
    fetched = HealReason.INPUTS_NOT_MOVED;
    scripts.look(command, in, database);
    if (scripts.leaves()) {
      return judgeLeaving(command, in, database);
    }
    keys.scan(command, in, database, TouchedKeys.otherDatabase(command, in, database));
    if (!keys.isAny()) {
      boolean code = command.runsCode() && selection.selectsKeys();
      return !selection.movesDatabase(database)
          ? Verdict.FILTER
          : code ? Verdict.FETCH : Verdict.APPLY;
    }
    if (!keys.isWrittenMoved()) {
      return Verdict.FILTER;
    }
    if (selection.selectsTypes()) {
      Verdict ofType = judgeType(command, in);
      if (ofType != Verdict.APPLY) {
        return ofType;
      }
    }
    if (keys.isEveryMoved()) {
      return command.runsCode() && selection.selectsKeys() ? Verdict.FETCH : Verdict.APPLY;
    }
    return switch (command.name()) {
      case "DEL", "UNLINK", "MSET", "MSETNX" -> Verdict.TRIM;
      // What leaves; what comes in is not known here.
      case "RENAME", "RENAMENX", "MOVE" -> keys.isFirstMoved() ? Verdict.DELETE : Verdict.FETCH;
      default -> Verdict.FETCH;
    };
  }

  /**
   * Of a script that leaves its database. Where all that it may write is known, that is fetched: at
   * the target the databases may be called otherwise, and which keys are checked, or ahead, is told
   * of one database only. Otherwise it is one that names no key.
   */
  private Verdict judgeLeaving(Command command, StreamCommand in, int database)
      throws FaultException {
    keys.scan(command, in, database, database);
    boolean names = keys.isAny();
    boolean writesMoved = keys.isWrittenMoved();
    boolean reaches = selection.movesDatabase(database);
    BitSet others = scripts.others();
    for (int other = others.nextSetBit(0); other >= 0; other = others.nextSetBit(other + 1)) {
      keys.scan(command, in, other, other);
      writesMoved |= keys.isWrittenMoved();
      reaches |= selection.movesDatabase(other);
    }
    if (scripts.areTold() && names) {
      fetched = HealReason.SCRIPT_TEXT;
      return writesMoved ? Verdict.FETCH : Verdict.FILTER;
    }
    if (scripts.areTold() && !reaches) {
      return Verdict.FILTER;
    }
    boolean whole =
        selection.spec().databases().isEmpty()
            && selection.spec().excludeDatabases().isEmpty()
            && !selection.mapsDatabases()
            && !selection.selectsKeys();
    fetched = HealReason.SCRIPT_TEXT;
    return whole ? Verdict.APPLY : Verdict.FETCH;
  }

  /** APPLY where the types of its keys are no reason for anything else. */
  private Verdict judgeType(Command command, StreamCommand in) {
    if (typeFiltered[command.index()]) {
      return command.overwrites() ? Verdict.DELETE : Verdict.FILTER;
    }
    return switch (command.name()) {
      case "RESTORE", "RESTORE-ASKING" -> movesPayload(in) ? Verdict.APPLY : Verdict.DELETE;
      // The target may lack what they take along, and need not say so.
      case "RENAME", "RENAMENX", "MOVE" ->
          keys.isEveryMoved() || !keys.isFirstMoved() ? Verdict.FETCH : Verdict.DELETE;
      case "COPY" -> Verdict.FETCH;
      case "ZUNIONSTORE", "ZINTERSTORE", "ZDIFFSTORE" ->
          selection.movesType("set") && selection.movesType("zset") ? Verdict.APPLY : Verdict.FETCH;
      case "SORT" ->
          selection.movesType("list") && selection.movesType("set") && selection.movesType("zset")
              ? Verdict.APPLY
              : Verdict.FETCH;
      default -> Verdict.APPLY;
    };
  }

  private boolean movesPayload(StreamCommand in) {
    if (in.count() < 4 || in.length(3) == 0) {
      return true;
    }
    int at = in.offset(3);
    return selection.movesType(in.buffer()[at] & 0xff, in.buffer(), at + 1, in.length(3) - 1);
  }

  private Verdict judgeFlush(Command command, StreamCommand in, int database)
      throws FaultException {
    boolean hit =
        switch (command.name()) {
          case "FLUSHDB" -> selection.movesDatabase(database);
          case "SWAPDB" -> swaps(in, 1) || swaps(in, 2);
          default -> !oneDatabase || reachesOne();
        };
    if (!hit) {
      return Verdict.FILTER;
    }
    String others = whyOthersAreHit();
    if (!others.isEmpty()) {
      throw refused(in, others);
    }
    if (reachesBeyond(command, in)) {
      throw refused(in, "reaches beyond the databases that are moved");
    }
    return Verdict.APPLY;
  }

  /** Why what empties the target would hit what is not this link's, or nothing. */
  private String whyOthersAreHit() {
    if (part.links() > 1) {
      return "of one link would hit what the others have at the target";
    }
    return !owned || !selection.skipped().isEmpty()
        ? "would hit keys that were at the target before this task"
        : "";
  }

  /**
   * Why the script that was judged last, which empties databases, cannot be sent as a flush is, or
   * nothing. A target that runs the texts of scripts is no cluster: those are 6.0 at least.
   */
  String whyNotEmptied() {
    if (scripts.swaps()) {
      return "swaps databases, and its text does not tell where our own keys are then";
    }
    return selection.appliesCommand("FLUSHALL") && selection.appliesCommand("FLUSHDB")
        ? whyOthersAreHit()
        : "would run a flush, which the task leaves out";
  }

  /** Whether it would hit databases of the target that nothing is moved into. */
  private boolean reachesBeyond(Command command, StreamCommand in) {
    FilterSpec spec = selection.spec();
    return switch (command.name()) {
      case "FLUSHDB" -> false;
      case "SWAPDB" -> !(spec.databases().isEmpty() && swaps(in, 1) && swaps(in, 2));
      // All that it can reach at a target with one database is what is moved into that.
      default ->
          !oneDatabase && !(spec.databases().isEmpty() && spec.targetDatabasesLeftOut().isEmpty());
    };
  }

  /** Whether something is moved into the only database that the target has. */
  private boolean reachesOne() {
    return selection.spec().movesInto(0);
  }

  private boolean swaps(StreamCommand in, int argument) {
    return argument < in.count()
        && in.isNumber(argument)
        && selection.movesDatabase((int) in.number(argument));
  }

  /** Every shard has the same functions; of several sources those of the first are taken. */
  private Verdict judgeScript(Command command, StreamCommand in) throws FaultException {
    if (!part.functions() && command.name().equals("FUNCTION")) {
      return Verdict.FILTER;
    }
    boolean flushes =
        in.count() > 1
            && (in.is(1, "FLUSH") || (in.is(1, "RESTORE") && in.count() > 3 && in.is(3, "FLUSH")));
    if (!owned && command.name().equals("FUNCTION") && flushes) {
      throw refused(in, "would remove functions that were at the target before this task");
    }
    return Verdict.APPLY;
  }

  private static boolean isSentinelHello(StreamCommand in) {
    return in.count() > 1 && in.is(1, "__SENTINEL__:HELLO");
  }

  private static FaultException refused(StreamCommand in, String why) {
    return new FaultException(
        Fault.fatal(
            FaultCode.FLUSH_REFUSED,
            "%s at offset %d %s".formatted(in.text(0), in.endOffset(), why)));
  }
}
