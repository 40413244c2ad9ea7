package io.cachesync.web.sync;

import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.Ledger;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.web.task.Figures;
import io.cachesync.web.task.TaskViews;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * One link as the task page shows it, every text in the reader's language.
 *
 * @param link its number, or {@link #ALL} for all links of a task together
 * @param sourceNumber which of several sources of the task it is of, from 0; null where there is
 *     one, or nobody told
 * @param disk bytes of the relay log on disk
 * @param silent whether nothing is heard of it though others of the task tell
 * @param survival how long its machine may be lost before a new full sync is needed
 * @param runsShort whether it is paused, and little of that is left
 */
record LinkView(
    int link,
    Integer sourceNumber,
    String source,
    String target,
    String phase,
    int percent,
    String percentText,
    String keys,
    String bytes,
    String offset,
    String lag,
    String lagBytes,
    String waiting,
    String disk,
    String survival,
    String rate,
    String commands,
    String retries,
    boolean balanced,
    boolean silent,
    boolean runsShort,
    Accounts accounts) {
  static final int ALL = -1;

  /**
   * Each link; where there are several, first all of them together.
   *
   * @param silent numbers of those that nothing is heard of: they have no lag and no speed now, and
   *     are marked where others tell; where none tells its row says so
   */
  static List<LinkView> of(
      List<LinkStatus> links, Set<Integer> silent, TaskViews views, Locale locale) {
    List<LinkView> shown = new ArrayList<>();
    if (links.size() > 1) {
      List<LinkStatus> telling =
          links.stream().filter(link -> !silent.contains(link.link())).toList();
      shown.add(all(links, telling, views, locale));
    }
    boolean othersTell = links.stream().anyMatch(link -> !silent.contains(link.link()));
    for (LinkStatus link : links) {
      boolean tells = !silent.contains(link.link());
      shown.add(of(link, tells, !tells && othersTell, views, locale));
    }
    return shown;
  }

  private static LinkView of(
      LinkStatus link, boolean tells, boolean silent, TaskViews views, Locale locale) {
    Figures figures = new Figures(locale);
    Ledger ledger = link.ledger() == null ? Ledger.EMPTY : link.ledger();
    boolean stream = link.phase() != Phase.CONNECTING && link.appliedOffset() >= 0;
    // A start that went on from a checkpoint has copied nothing itself: "0 of N" would be alarming.
    boolean wentOn = wentOn(link);
    return new LinkView(
        link.link(),
        link.sourceNumber(),
        link.source(),
        link.target(),
        views.phase(link.phase(), locale),
        link.percent(),
        figures.percent(link.percent()),
        wentOn
            ? figures.count(link.keys())
            : of(figures.count(link.keysApplied()), figures.count(total(link))),
        wentOn
            ? views.wentOn(locale)
            : of(figures.bytes(link.rdbBytesApplied()), figures.bytes(link.rdbBytes())),
        stream ? figures.count(link.appliedOffset()) : Figures.UNKNOWN,
        tells ? figures.lag(link.lagMillis()) : Figures.UNKNOWN,
        tells ? figures.bytes(link.lagBytes()) : Figures.UNKNOWN,
        figures.bytes(link.relayWaitingBytes()),
        figures.bytes(link.relayDiskBytes()),
        figures.duration(link.survivalMillis()),
        tells ? figures.bytesPerSecond(link.bytesPerSecond()) : Figures.UNKNOWN,
        tells ? figures.perSecond(link.commandsPerSecond()) : Figures.UNKNOWN,
        figures.count(link.retries()),
        ledger.balanced(),
        silent,
        runsShort(link),
        Accounts.of(List.of(link), views, locale));
  }

  /**
   * What its source is called.
   *
   * @param names of all sources of the task, in their order; null or empty where there is only one
   */
  public String sourceName(List<String> names) {
    return names != null && sourceNumber != null && sourceNumber < names.size()
        ? names.get(sourceNumber)
        : "";
  }

  /** Sums of what adds up, and the gravest of the rest; speed and lag of those that tell. */
  private static LinkView all(
      List<LinkStatus> links, List<LinkStatus> telling, TaskViews views, Locale locale) {
    Figures figures = new Figures(locale);
    boolean wentOn = links.stream().allMatch(LinkView::wentOn);
    boolean tells = !telling.isEmpty();
    int percent = LinkSum.percent(links);
    return new LinkView(
        ALL,
        null,
        "",
        "",
        views.phase(LinkSum.phase(links), locale),
        percent,
        figures.percent(percent),
        wentOn
            ? figures.count(LinkSum.sum(links, LinkStatus::keys))
            : of(
                figures.count(LinkSum.sum(links, LinkStatus::keysApplied)),
                figures.count(LinkSum.sum(links, LinkView::total))),
        wentOn
            ? views.wentOn(locale)
            : of(
                figures.bytes(LinkSum.sum(links, LinkStatus::rdbBytesApplied)),
                figures.bytes(LinkSum.sum(links, LinkStatus::rdbBytes))),
        Figures.UNKNOWN,
        tells ? figures.lag(LinkSum.most(telling, LinkStatus::lagMillis)) : Figures.UNKNOWN,
        tells ? figures.bytes(LinkSum.sum(telling, LinkStatus::lagBytes)) : Figures.UNKNOWN,
        figures.bytes(LinkSum.sum(links, LinkStatus::relayWaitingBytes)),
        figures.bytes(LinkSum.sum(links, LinkStatus::relayDiskBytes)),
        figures.duration(LinkSum.least(links, LinkStatus::survivalMillis)),
        tells
            ? figures.bytesPerSecond(LinkSum.sum(telling, LinkStatus::bytesPerSecond))
            : Figures.UNKNOWN,
        tells
            ? figures.perSecond(LinkSum.sum(telling, LinkStatus::commandsPerSecond))
            : Figures.UNKNOWN,
        figures.count(LinkSum.sum(links, LinkStatus::retries)),
        links.stream().allMatch(link -> link.ledger() == null || link.ledger().balanced()),
        false,
        links.stream().anyMatch(LinkView::runsShort),
        Accounts.of(links, views, locale));
  }

  private static boolean runsShort(LinkStatus link) {
    return link.phase() == Phase.PAUSED
        && link.survivalMillis() >= 0
        && link.survivalMillis() < SurvivalClock.SHORT.toMillis();
  }

  private static boolean wentOn(LinkStatus link) {
    boolean stream = link.phase() != Phase.CONNECTING && link.appliedOffset() >= 0;
    return stream && link.keysApplied() <= 0 && link.rdbBytesApplied() <= 0;
  }

  /** The ledger counts commands; a key that was in doubt for no refused command is listed only. */
  static long deadLetters(LinkStatus link) {
    long counted = link.ledger() == null ? 0 : link.ledger().deadLetters();
    return Math.max(counted, DeadLetter.times(link.deadLetters()));
  }

  /**
   * Keys that came while the snapshot was made are in it too: then what was copied is the total.
   */
  private static long total(LinkStatus link) {
    return link.keys() < 0 ? link.keys() : Math.max(link.keys(), link.keysApplied());
  }

  /** How much of how much, or the one that is known. */
  private static String of(String part, String whole) {
    return whole.equals(Figures.UNKNOWN) ? part : part + " / " + whole;
  }
}
