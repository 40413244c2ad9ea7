package io.cachesync.web.sync;

import io.cachesync.contract.Ledger;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.web.task.Figures;
import io.cachesync.web.task.TaskViews;
import java.util.Locale;

/** One link as the task page shows it, every text in the reader's language. */
record LinkView(
    int link,
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
    String survival,
    String rate,
    String retries,
    boolean balanced,
    String read,
    String applied,
    String filtered,
    String skipped,
    String folded,
    String healed,
    String deadLetters) {

  static LinkView of(LinkStatus link, TaskViews views, Locale locale) {
    Figures figures = new Figures(locale);
    Ledger ledger = link.ledger() == null ? Ledger.EMPTY : link.ledger();
    boolean stream = link.phase() != Phase.CONNECTING && link.appliedOffset() >= 0;
    // A start that went on from a checkpoint has copied nothing itself: "0 of N" would be alarming.
    boolean wentOn = stream && link.keysApplied() <= 0 && link.rdbBytesApplied() <= 0;
    return new LinkView(
        link.link(),
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
        figures.lag(link.lagMillis()),
        figures.bytes(link.lagBytes()),
        figures.bytes(link.relayWaitingBytes()),
        figures.duration(link.survivalMillis()),
        figures.bytesPerSecond(link.bytesPerSecond()),
        figures.count(link.retries()),
        ledger.balanced(),
        figures.count(ledger.read()),
        figures.count(ledger.applied()),
        figures.count(ledger.filtered()),
        figures.count(ledger.skippedOnResume()),
        figures.count(ledger.folded()),
        figures.count(ledger.healed()),
        figures.count(deadLetters(link)));
  }

  /** The ledger counts commands; a key that was in doubt for no refused command is listed only. */
  static long deadLetters(LinkStatus link) {
    long counted = link.ledger() == null ? 0 : link.ledger().deadLetters();
    return Math.max(counted, link.deadLetters().size());
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
