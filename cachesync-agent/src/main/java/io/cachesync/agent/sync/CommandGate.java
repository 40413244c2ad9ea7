package io.cachesync.agent.sync;

import io.cachesync.agent.command.Command;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.FilterSpec;

/** What is to become of a command of the stream: the task's databases, and who owns the target. */
final class CommandGate {
  /** What is to become of a command. */
  enum Verdict {
    APPLY,
    FILTER,
    /** The key leaves the databases that are moved: only its removal is applied. */
    DELETE,
    /** A DEL, UNLINK or MSET: applied without the keys that have the prefix of our own. */
    TRIM
  }

  private final FilterSpec filter;
  private final boolean owned;
  private final boolean oneDatabase;
  private final OwnPrefix own;
  private final SourcePart part;

  /**
   * @param owned whether the claimed databases of the target were empty when they were claimed
   * @param oneDatabase whether the target has no other databases than 0
   * @param ownPrefix what our own keys begin with, at the source too
   */
  CommandGate(FilterSpec filter, boolean owned, boolean oneDatabase, String ownPrefix) {
    this(filter, owned, oneDatabase, ownPrefix, SourcePart.WHOLE);
  }

  /** As above, for a link that has this part of the source. */
  CommandGate(
      FilterSpec filter, boolean owned, boolean oneDatabase, String ownPrefix, SourcePart part) {
    this.part = part;
    this.filter = filter;
    this.owned = owned;
    this.oneDatabase = oneDatabase;
    this.own = new OwnPrefix(ownPrefix);
  }

  boolean moves(int database) {
    return filter.databases().isEmpty() || filter.databases().contains(database);
  }

  /** Whether an argument begins as our own keys do. */
  boolean isOwn(StreamCommand in, int argument) {
    return own.isOwn(in, argument);
  }

  /**
   * @param database selected at the source
   * @throws FaultException FLUSH_REFUSED where it would hit what this link does not own or not
   *     move, RESERVED_KEY where it mixes keys that are moved with ones that never are
   */
  Verdict judge(Command command, StreamCommand in, int database) throws FaultException {
    return switch (command.role()) {
      case MESSAGE -> filter.publish() && !isSentinelHello(in) ? Verdict.APPLY : Verdict.FILTER;
      case FLUSH -> judgeFlush(command, in, database);
      case SCRIPT -> judgeScript(command, in);
      default -> judgeData(command, in, database);
    };
  }

  private Verdict judgeData(Command command, StreamCommand in, int database) throws FaultException {
    if (part.isShard() && command.name().equals("RESTORE-ASKING")) {
      throw new FaultException(
          SlotWatch.resharded("a key of another shard came in at offset " + in.endOffset()));
    }
    boolean moved = moves(database);
    if (!filter.databases().isEmpty()) {
      int other = TouchedKeys.otherDatabase(command, in, database);
      if (moves(other) != moved) {
        return crossing(command, in, moved);
      }
    }
    return moved ? judgeKeys(command, in) : Verdict.FILTER;
  }

  private Verdict judgeKeys(Command command, StreamCommand in) throws FaultException {
    own.scan(command, in);
    if (!own.isAny()) {
      return Verdict.APPLY;
    }
    if (own.isEvery()) {
      return Verdict.FILTER;
    }
    return switch (command.name()) {
      case "DEL", "UNLINK", "MSET" -> Verdict.TRIM;
      default ->
          throw new FaultException(
              Fault.fatal(
                  FaultCode.RESERVED_KEY,
                  "%s at offset %d names keys that begin as our own do, which are not moved,"
                          .formatted(in.text(0), in.endOffset())
                      + " together with others"));
    };
  }

  /** A key that comes in from a database that is not moved is not known here. */
  private static Verdict crossing(Command command, StreamCommand in, boolean leaves)
      throws FaultException {
    if (leaves) {
      return command.name().equals("MOVE") ? Verdict.DELETE : Verdict.FILTER;
    }
    throw refused(in, "takes a key out of a database that is not moved");
  }

  private Verdict judgeFlush(Command command, StreamCommand in, int database)
      throws FaultException {
    // All that a flush of a target with one database can reach is what is moved into it.
    boolean everything = filter.databases().isEmpty() || (oneDatabase && isFlushAll(command));
    boolean hit =
        switch (command.name()) {
          case "FLUSHDB" -> moves(database);
          case "SWAPDB" -> everything || swaps(in, 1) || swaps(in, 2);
          default -> moves(0) || !oneDatabase;
        };
    if (!hit) {
      return Verdict.FILTER;
    }
    if (part.links() > 1) {
      throw refused(in, "of one link would hit what the others have at the target");
    }
    if (!owned) {
      throw refused(in, "would hit keys that were at the target before this task");
    }
    if (!everything && !command.name().equals("FLUSHDB")) {
      throw refused(in, "reaches beyond the databases that are moved");
    }
    return Verdict.APPLY;
  }

  private static boolean isFlushAll(Command command) {
    return command.name().equals("FLUSHALL");
  }

  private boolean swaps(StreamCommand in, int argument) {
    return argument < in.count() && in.isNumber(argument) && moves((int) in.number(argument));
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
