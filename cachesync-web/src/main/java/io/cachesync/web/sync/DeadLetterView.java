package io.cachesync.web.sync;

import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.LinkStatus;
import io.cachesync.web.task.Figures;
import java.util.List;
import java.util.Locale;

/** A key that may differ at the target, as the task page shows it. */
record DeadLetterView(
    String source, String key, String database, String command, String offset, String error) {

  static List<DeadLetterView> of(List<LinkStatus> links, Locale locale) {
    Figures figures = new Figures(locale);
    return links.stream()
        .flatMap(link -> link.deadLetters().stream().map(each -> of(link, each, figures)))
        .toList();
  }

  private static DeadLetterView of(LinkStatus link, DeadLetter letter, Figures figures) {
    return new DeadLetterView(
        link.source(),
        letter.key(),
        figures.count((long) letter.database()),
        letter.command(),
        figures.count(letter.offset()),
        letter.error());
  }
}
