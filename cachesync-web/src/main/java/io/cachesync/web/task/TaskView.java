package io.cachesync.web.task;

import java.util.List;

/**
 * A task as pages show it, every text in the reader's language. The live feed sends the same, so
 * that a page never formats a number itself.
 *
 * @param tone colour of the state's badge; an icon and a word stand beside it
 * @param percent of the full sync, -1 while unknown
 * @param note what goes on beside the state (overdue, in sync, going to be stopped), or empty
 * @param allowed what a person may ask for now, as names of triggers, and DELETE; FINISH_AS_IS is
 *     the finish of a task that has ended, which applies nothing more
 * @param stale whether its links show what was last reported, and not what is now
 * @param since when it entered its state, ISO 8601
 * @param deadLetters how many keys may differ at the target, as a sentence, or empty for none
 * @param fault the fault's sentences, or null
 */
public record TaskView(
    long id,
    String name,
    String state,
    String stateLabel,
    String tone,
    String icon,
    String note,
    boolean inSync,
    boolean running,
    boolean stale,
    int percent,
    String percentText,
    String phase,
    String bytesPerSecond,
    String commandsPerSecond,
    String lag,
    String lagBytes,
    String left,
    String since,
    String deadLetters,
    List<String> allowed,
    FaultView fault) {

  /**
   * A fault in the reader's language.
   *
   * @param message what was found, as the agent said it
   */
  public record FaultView(
      String code, String title, String meaning, String advice, String message) {}
}
