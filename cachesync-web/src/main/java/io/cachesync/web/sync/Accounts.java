package io.cachesync.web.sync;

import io.cachesync.contract.HealReason;
import io.cachesync.contract.Ledger;
import io.cachesync.contract.LinkStatus;
import io.cachesync.web.task.Figures;
import io.cachesync.web.task.TaskViews;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What became of every command and key of one link, or of several together, as the task page shows
 * it. The names of the figures are those that the page and the live feed know them by.
 *
 * @param inFlight commands read that no answer of the target has come for yet
 * @param healedKeys keys that were fetched again, by reason, most of them first
 * @param listedOnly keys listed as dead letters beyond the commands that are counted as such, or
 *     empty for none
 * @param unsupported keys that the target's version has no place for, or empty for none
 * @param moduleAux modules' data outside of keys that was not moved, or empty for none
 */
record Accounts(
    String read,
    String applied,
    String inFlight,
    String skipped,
    String filtered,
    String folded,
    String healed,
    String deadLetters,
    List<HealedKeys> healedKeys,
    String listedOnly,
    String unsupported,
    String moduleAux) {

  /** Why keys were fetched again, in the reader's words, and how many. */
  record HealedKeys(String reason, String keys) {}

  static Accounts of(List<LinkStatus> links, TaskViews views, Locale locale) {
    Figures figures = new Figures(locale);
    Ledger ledger = LinkSum.ledger(links);
    return new Accounts(
        figures.count(ledger.read()),
        figures.count(ledger.applied()),
        figures.count(ledger.waiting()),
        figures.count(ledger.skippedOnResume()),
        figures.count(ledger.filtered()),
        figures.count(ledger.folded()),
        figures.count(ledger.healed()),
        figures.count(ledger.deadLetters()),
        healed(links, views, locale),
        listedOnly(links, figures),
        some(LinkSum.sum(links, LinkStatus::unsupportedKeys), figures),
        some(LinkSum.sum(links, LinkStatus::moduleAux), figures));
  }

  /** What no command of the stream left: it is in no account of them. */
  private static String listedOnly(List<LinkStatus> links, Figures figures) {
    long listed = links.stream().mapToLong(LinkView::deadLetters).sum();
    return some(listed - LinkSum.ledger(links).deadLetters(), figures);
  }

  private static List<HealedKeys> healed(List<LinkStatus> links, TaskViews views, Locale locale) {
    Figures figures = new Figures(locale);
    Map<HealReason, Long> keys = new EnumMap<>(HealReason.class);
    links.stream()
        .flatMap(link -> link.healed().stream())
        .filter(each -> each.keys() > 0)
        .forEach(each -> keys.merge(each.reason(), each.keys(), Long::sum));
    return keys.entrySet().stream()
        .sorted(Map.Entry.<HealReason, Long>comparingByValue().reversed())
        .map(
            each ->
                new HealedKeys(
                    views.healReason(each.getKey(), locale), figures.count(each.getValue())))
        .toList();
  }

  private static String some(long number, Figures figures) {
    return number > 0 ? figures.count(number) : "";
  }
}
