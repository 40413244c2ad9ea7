package io.cachesync.web.sync;

import io.cachesync.contract.DeadLetter;
import io.cachesync.web.task.Figures;

/** A key that may differ at the target, as the task page shows it. */
record DeadLetterView(
    String source, String key, String database, String command, String offset, String error) {

  static DeadLetterView of(String source, DeadLetter letter, Figures figures) {
    return new DeadLetterView(
        source,
        letter.key(),
        figures.count((long) letter.database()),
        letter.command(),
        figures.count(letter.offset()),
        letter.error());
  }
}
