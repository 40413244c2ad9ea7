package io.cachesync.web.sync;

import io.cachesync.contract.DeadLetter;
import io.cachesync.web.task.Figures;

/**
 * A key that may differ at the target, or a script that was not run there, as the task page shows
 * it.
 *
 * @param otherKeys that a script declares, or empty
 * @param script the SHA-1 of its text, or empty
 * @param text how that begins, or empty
 * @param times how many calls that are alike it stands for, or empty for one
 * @param lastOffset of the last of them
 */
record DeadLetterView(
    String source,
    String key,
    String otherKeys,
    String script,
    String text,
    String database,
    String command,
    String times,
    String offset,
    String lastOffset,
    String error) {

  static DeadLetterView of(String source, DeadLetter letter, Figures figures) {
    return new DeadLetterView(
        source,
        letter.key(),
        String.join(", ", letter.otherKeys()),
        letter.script(),
        letter.text(),
        figures.count((long) letter.database()),
        letter.command(),
        letter.times() > 1 ? figures.count(letter.times()) : "",
        figures.count(letter.offset()),
        figures.count(letter.lastOffset()),
        letter.error());
  }
}
