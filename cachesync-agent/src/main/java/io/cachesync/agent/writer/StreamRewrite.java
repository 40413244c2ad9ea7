package io.cachesync.agent.writer;

import io.cachesync.agent.command.Command;
import io.cachesync.agent.command.CommandTable;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import java.nio.charset.StandardCharsets;

/**
 * What is sent for each command of the stream. Most go as the bytes that came in.
 *
 * <p>The stream carries only commands that had an effect, so conditions are decided: they are
 * dropped. Times are made absolute and get their grace ({@link ExpiryRewrite}), and what an older
 * target does not know is said otherwise ({@link OlderRewrite}).
 */
final class StreamRewrite {
  private static final int STREAMS_SINCE = 500;

  private final TargetFeatures target;
  private final Rewrite[] rewrites;

  /** What hangs on the source's version too. */
  private final Rewrite[] changes;

  StreamRewrite(TargetFeatures target, CommandTable table) {
    this.target = target;
    this.rewrites = new Rewrite[table.commands().size()];
    Registry registry = (name, rewrite) -> rewrites[table.find(name).index()] = rewrite;
    addConditions(registry);
    new ExpiryRewrite(target).addTo(registry);
    new HashExpiryRewrite(target).addTo(registry);
    new OlderRewrite(target).addTo(registry);
    new OptionRewrite(target).addTo(registry);
    new FlushRewrite(target).addTo(registry);
    this.changes = new Rewrite[rewrites.length];
    new ChangedMeaning(target).addTo((name, change) -> changes[table.find(name).index()] = change);
  }

  /** Where the parts of this put their commands; a later one replaces an earlier one. */
  interface Registry {
    void put(String name, Rewrite rewrite);
  }

  /**
   * Puts a command into the batch.
   *
   * @return whether anything was sent for it
   * @throws OlderTarget where the target has no words for it, or no place for what it writes
   * @throws FaultException UNKNOWN_COMMAND where it has a form that is not known
   */
  boolean apply(Command command, StreamCommand in, Batch out) throws FaultException {
    Rewrite change = changes[command.index()];
    if (change != null && change.apply(in, out)) {
      return true;
    }
    Rewrite rewrite = rewrites[command.index()];
    if (rewrite != null) {
      return rewrite.apply(in, out);
    }
    if (!target.atLeast(command.since())) {
      throw command.since() == STREAMS_SINCE && command.name().startsWith("X")
          ? noPlace(in, target, "no streams")
          : tooOld(in, target);
    }
    out.verbatim(in);
    return true;
  }

  /** What the command writes has a place there, the command has none. */
  static OlderTarget tooOld(StreamCommand in, TargetFeatures target) {
    return noWords(in, "the target (%s) has no %s".formatted(target.version(), name(in)));
  }

  /** What the command did can be fetched, and not be said. */
  static OlderTarget noWords(StreamCommand in, String why) {
    return new OlderTarget(
        OlderTarget.Kind.NO_WORDS,
        why,
        tooOld("%s, which the source sent at offset %d".formatted(why, in.endOffset())));
  }

  /**
   * What the command writes has no place there either.
   *
   * @param what the target does not have, behind "has"
   */
  static OlderTarget noPlace(StreamCommand in, TargetFeatures target, String what) {
    String why = "the target (%s) has %s".formatted(target.version(), what);
    return new OlderTarget(
        OlderTarget.Kind.NO_PLACE,
        why,
        tooOld("%s; the source sent %s at offset %d".formatted(why, name(in), in.endOffset())));
  }

  /** The source runs scripts itself from 5.0 on, and sends what they did. */
  static OlderTarget scriptText(StreamCommand in, TargetFeatures target) {
    String why =
        "the source sent the text of a script, which the target (%s) would run otherwise"
            .formatted(target.version());
    return new OlderTarget(
        OlderTarget.Kind.SCRIPT_TEXT,
        why,
        Fault.fatal(FaultCode.SCRIPT_TEXT, "%s, at offset %d".formatted(why, in.endOffset())));
  }

  private static Fault tooOld(String message) {
    return Fault.fatal(FaultCode.VERSION_TOO_OLD, message);
  }

  static FaultException unknownForm(StreamCommand in) {
    return new FaultException(
        Fault.fatal(
            FaultCode.UNKNOWN_COMMAND,
            "a form of %s that is not known, at offset %d".formatted(name(in), in.endOffset())));
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** The whole command under another name, with this many of its arguments, the name included. */
  static boolean renamed(byte[] name, StreamCommand in, int words, Batch out) {
    RespWriter writer = out.begin(words).arg(name);
    arguments(in, 1, words, writer);
    return true;
  }

  static void arguments(StreamCommand in, int from, int to, RespWriter writer) {
    for (int i = from; i < to; i++) {
      writer.arg(in.buffer(), in.offset(i), in.length(i));
    }
  }

  static long number(StreamCommand in, int argument) throws FaultException {
    if (argument >= in.count() || !in.isNumber(argument)) {
      throw unknownForm(in);
    }
    return in.number(argument);
  }

  static void require(StreamCommand in, int words) throws FaultException {
    if (in.count() < words) {
      throw unknownForm(in);
    }
  }

  private static String name(StreamCommand in) {
    return Batch.shown(in.buffer(), in.offset(0), in.length(0));
  }

  private static void addConditions(Registry registry) {
    rename(registry, "SETNX", "SET");
    rename(registry, "MSETNX", "MSET");
    rename(registry, "RENAMENX", "RENAME");
    rename(registry, "LPUSHX", "LPUSH");
    rename(registry, "RPUSHX", "RPUSH");
    rename(registry, "GETDEL", "DEL");
    rename(registry, "GETSET", "SET");
    rename(registry, "HSETNX", "HSET");
    byte[] del = ascii("DEL");
    registry.put("DELEX", (in, out) -> renamed(del, in, 2, out));
    registry.put("DELIFEQ", (in, out) -> renamed(del, in, 2, out));
    byte[] rpoplpush = ascii("RPOPLPUSH");
    registry.put("BRPOPLPUSH", (in, out) -> renamed(rpoplpush, in, 3, out));
    // Diagnostics that are replicated because they may rewrite a cache inside the value.
    registry.put("PFDEBUG", (in, out) -> false);
  }

  private static void rename(Registry registry, String name, String other) {
    byte[] bytes = ascii(other);
    registry.put(name, (in, out) -> renamed(bytes, in, in.count(), out));
  }
}
