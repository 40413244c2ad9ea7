package io.cachesync.web.task;

import io.cachesync.contract.Fault;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reasons of events that are stored as a message key and its arguments, one a line, and said in the
 * reader's language.
 */
public final class TaskWhy {
  static final String PREFIX = "task.why.";
  static final String SEPARATOR = "\n";

  /** Between sentences that are said one after the other. */
  static final String NEXT = "\n\n";

  /** Before the key, and between the arguments, of a text that is itself an argument. */
  static final String NESTED = "\t";

  private TaskWhy() {}

  /** Keys that may differ at the target, or nothing where there are none. */
  public static String deadLetters(long keys) {
    return keys == 0 ? "" : of("deadLetters", keys);
  }

  public static String placed(String machine) {
    return of("placed", machine);
  }

  /** Its shards are spread. */
  public static String spread(int parts, String machines) {
    return of("spread", parts, machines);
  }

  /**
   * @param why in somebody's words, or {@link #text}
   */
  public static String notSpread(String why) {
    return of("notSpread", why);
  }

  /**
   * Its agent was not started.
   *
   * @param why in somebody's words, or {@link #text}
   */
  public static String notStarted(String why) {
    return of("notStarted", why);
  }

  public static String resharded() {
    return of("resharded");
  }

  /** The shards that were spread are one job's from here on. */
  public static String oneJob(String machine) {
    return of("oneJob", machine);
  }

  /** The same in a start afresh of which not every part had begun: that job copies all of them. */
  public static String oneJobAfresh(String machine) {
    return of("oneJobAfresh", machine);
  }

  /**
   * An argument of a reason that is said in the reader's language too.
   *
   * @param key of any message
   */
  public static String text(String key, Object... arguments) {
    return Stream.concat(
            Stream.of("", key),
            Arrays.stream(arguments)
                .map(each -> argument(String.valueOf(each)).replace(NESTED, " ")))
        .collect(Collectors.joining(NESTED));
  }

  public static String noAgent() {
    return of("noAgent");
  }

  public static String overdue() {
    return of("overdue");
  }

  public static String blocks(long findings) {
    return findings == 0 ? "" : of("blocks", findings);
  }

  public static String warnings(long findings) {
    return findings == 0 ? "" : of("warnings", findings);
  }

  public static String notAsked() {
    return of("notAsked");
  }

  public static String away(String machine, long seconds) {
    return of("away", machine, seconds);
  }

  public static String gone(String machine) {
    return of("gone", machine);
  }

  public static String goneSaid(String machine, String who) {
    return of("goneSaid", machine, who);
  }

  public static String removed(String machine) {
    return of("removed", machine);
  }

  public static String movedTo(String machine) {
    return of("movedTo", machine);
  }

  /** The task is set to wait for its machine. */
  public static String stays() {
    return of("stays");
  }

  public static String nowhere() {
    return of("nowhere");
  }

  public static String noneReaches() {
    return of("noneReaches");
  }

  /** Its process was there, but neither reported nor computed anything. */
  public static String stoodStill(long seconds) {
    return of("stoodStill", seconds);
  }

  public static String notStopped() {
    return of("notStopped");
  }

  /**
   * A machine that could take over does not qualify.
   *
   * @param why in somebody's words, or {@link #text}
   */
  public static String passedOver(String machine, String why) {
    return of("passedOver.machine", machine, why);
  }

  /**
   * A machine that could take over does not reach an end.
   *
   * @param end source or target
   */
  public static String passedOver(String end, String machine, Fault fault) {
    return of(
        "unreached." + end,
        machine,
        text("fault." + fault.code() + ".title"),
        String.valueOf(fault.message()));
  }

  /** The machine that a task has left, by the reason of its move: the first sentence names it. */
  static Optional<String> movedFrom(String why) {
    String[] words = why.split(NEXT, 2)[0].split(SEPARATOR, -1);
    return isOne(why) && words.length > 1 ? Optional.of(words[1]) : Optional.empty();
  }

  /** Whether a text is to be said by its message. */
  public static boolean isOne(String text) {
    return text != null && text.startsWith(PREFIX);
  }

  /** One sentence after the other. */
  public static String all(String... sentences) {
    return String.join(NEXT, sentences);
  }

  private static String of(String key, Object... arguments) {
    return Stream.concat(
            Stream.of(PREFIX + key),
            Arrays.stream(arguments).map(each -> argument(String.valueOf(each))))
        .collect(Collectors.joining(SEPARATOR));
  }

  private static String argument(String text) {
    return text.isEmpty() ? "-" : text.replaceAll("\\R", " ");
  }
}
