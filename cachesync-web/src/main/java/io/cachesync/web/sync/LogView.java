package io.cachesync.web.sync;

/** One line of a log for pages and programs. */
record LogView(long id, String at, String level, int link, long incarnation, String line) {
  static LogView of(LogRow row) {
    return new LogView(
        row.id(),
        row.loggedAt().toString(),
        row.level().name(),
        row.link(),
        row.incarnation(),
        row.line());
  }
}
