package io.cachesync.web.sync;

import io.cachesync.contract.Ledger;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * The links of a task taken together: sums of what adds up, and the gravest of the rest. What is
 * known of no link is -1.
 */
final class LinkSum {
  /** Whoever looks must see first what goes wrong, then what is behind. */
  private static final List<Phase> GRAVEST_FIRST =
      List.of(
          Phase.FAILED,
          Phase.RETRYING,
          Phase.UNKNOWN,
          Phase.CONNECTING,
          Phase.FULL_SYNC_WAITING,
          Phase.FULL_SYNC,
          Phase.FULL_SYNC_QUEUED,
          Phase.PAUSED,
          Phase.INCREMENTAL,
          Phase.FINISHING,
          Phase.STOPPED,
          Phase.DONE);

  private LinkSum() {}

  /** The sum of what is known. */
  static long sum(List<LinkStatus> links, ToLongFunction<LinkStatus> number) {
    return links.stream()
        .mapToLong(number)
        .filter(value -> value >= 0)
        .reduce(Long::sum)
        .orElse(-1);
  }

  /** The largest of what is known. */
  static long most(List<LinkStatus> links, ToLongFunction<LinkStatus> number) {
    return links.stream().mapToLong(number).max().orElse(-1);
  }

  /** The smallest of what is known. */
  static long least(List<LinkStatus> links, ToLongFunction<LinkStatus> number) {
    return links.stream().mapToLong(number).filter(value -> value >= 0).min().orElse(-1);
  }

  /**
   * Of all links, each as much as another: some may wait for others to be done. -1 while one of
   * them is not known.
   */
  static int percent(List<LinkStatus> links) {
    int least = links.stream().mapToInt(LinkStatus::percent).min().orElse(-1);
    return least < 0
        ? least
        : (int) links.stream().mapToInt(LinkStatus::percent).average().orElse(least);
  }

  static Phase phase(List<LinkStatus> links) {
    return GRAVEST_FIRST.stream()
        .filter(phase -> links.stream().anyMatch(link -> link.phase() == phase))
        .findFirst()
        .orElse(Phase.UNKNOWN);
  }

  static Ledger ledger(List<LinkStatus> links) {
    return new Ledger(
        ledgers(links, Ledger::read),
        ledgers(links, Ledger::applied),
        ledgers(links, Ledger::skippedOnResume),
        ledgers(links, Ledger::filtered),
        ledgers(links, Ledger::folded),
        ledgers(links, Ledger::healed),
        ledgers(links, Ledger::deadLetters),
        ledgers(links, Ledger::waiting));
  }

  private static long ledgers(List<LinkStatus> links, ToLongFunction<Ledger> number) {
    return links.stream()
        .mapToLong(link -> number.applyAsLong(link.ledger() == null ? Ledger.EMPTY : link.ledger()))
        .sum();
  }
}
