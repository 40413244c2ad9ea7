package io.cachesync.web.sync;

import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.LinkStatus;
import io.cachesync.web.system.Csv;
import io.cachesync.web.task.Figures;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Keys that may differ at the target, as the task page shows them: how many for which reason, and
 * the first of them, so that what stands below stays in reach however many there are.
 *
 * @param reasons most letters first; empty where no two letters have one in common
 * @param otherReasons how many commands and keys have a reason that is not among them, or empty for
 *     none
 * @param first of all links, in their order
 * @param listed how many are listed altogether, which the download has
 * @param more whether those are more than are shown
 */
record DeadLetters(
    List<Reason> reasons,
    String otherReasons,
    List<DeadLetterView> first,
    String listed,
    boolean more) {
  static final int SHOWN = 50;
  private static final int REASONS_SHOWN = 10;

  /**
   * What some of them have in common: a command, which may be empty, and an error.
   *
   * @param letters how many commands and keys that are
   */
  record Reason(String command, String error, String letters) {}

  private record Kind(String command, String error) {}

  static DeadLetters of(List<LinkStatus> links, Locale locale) {
    Figures figures = new Figures(locale);
    Map<Kind, Long> counts = new LinkedHashMap<>();
    letters(links).forEach(each -> counts.merge(kind(each), each.times(), Long::sum));
    long listed = letters(links).count();
    long told = letters(links).mapToLong(DeadLetter::times).sum();
    List<Map.Entry<Kind, Long>> most =
        counts.entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .limit(counts.size() == told ? 0 : REASONS_SHOWN)
            .toList();
    long shown = most.stream().mapToLong(Map.Entry::getValue).sum();
    return new DeadLetters(
        most.stream()
            .map(
                each ->
                    new Reason(
                        each.getKey().command(),
                        each.getKey().error(),
                        figures.count(each.getValue())))
            .toList(),
        most.isEmpty() || shown == told ? "" : figures.count(told - shown),
        links.stream()
            .flatMap(link -> link.deadLetters().stream().map(each -> new Of(link.source(), each)))
            .limit(SHOWN)
            .map(each -> DeadLetterView.of(each.source(), each.letter(), figures))
            .toList(),
        figures.count(listed),
        listed > SHOWN);
  }

  /** All of them, a row each. */
  static String csv(List<LinkStatus> links) {
    StringBuilder text = new StringBuilder();
    text.append(
        Csv.row(
            List.of(
                "source",
                "database",
                "key",
                "keyBase64",
                "command",
                "offset",
                "error",
                "times",
                "lastOffset",
                "script",
                "text",
                "otherKeys")));
    for (LinkStatus link : links) {
      for (DeadLetter each : link.deadLetters()) {
        text.append(
            Csv.row(
                List.of(
                    link.source(),
                    each.database() < 0 ? "" : String.valueOf(each.database()),
                    each.key(),
                    Csv.exact(each.key(), each.keyBase64()),
                    each.command(),
                    String.valueOf(each.offset()),
                    each.error(),
                    String.valueOf(each.times()),
                    String.valueOf(each.lastOffset()),
                    each.script(),
                    each.text(),
                    String.join(" ", each.otherKeys()))));
      }
    }
    return text.toString();
  }

  private record Of(String source, DeadLetter letter) {}

  private static Stream<DeadLetter> letters(List<LinkStatus> links) {
    return links.stream().flatMap(link -> link.deadLetters().stream());
  }

  private static Kind kind(DeadLetter letter) {
    return new Kind(letter.command(), letter.error());
  }
}
