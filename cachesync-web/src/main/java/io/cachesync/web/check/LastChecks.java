package io.cachesync.web.check;

import io.cachesync.web.task.TaskChecks;
import java.util.Locale;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Shows the newest check of a task on its page. */
@Component
class LastChecks implements TaskChecks {
  private final CheckService checks;
  private final CheckViews views;

  LastChecks(CheckService checks, CheckViews views) {
    this.checks = checks;
    this.views = views;
  }

  @Override
  public Optional<LastCheck> lastOf(long taskId, Locale locale) {
    return checks
        .newestOfTask(taskId)
        .map(check -> views.of(check, locale))
        .map(
            view ->
                new LastCheck(
                    view.row().id(),
                    view.tone(),
                    view.icon(),
                    view.stateLabel(),
                    view.verdict(),
                    view.row().createdAt()));
  }
}
