package io.cachesync.web.task;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** Tells a task's page how its data was last found; implemented by the stage that checks data. */
public interface TaskChecks {

  /** The newest check of a task, also while it runs. */
  Optional<LastCheck> lastOf(long taskId, Locale locale);

  /**
   * A check.
   *
   * @param tone of its badge
   * @param label its state or outcome in a word or two
   * @param verdict the same as a sentence
   */
  record LastCheck(long id, String tone, String icon, String label, String verdict, Instant at) {}
}
