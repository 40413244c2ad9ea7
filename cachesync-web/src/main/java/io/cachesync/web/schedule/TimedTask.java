package io.cachesync.web.schedule;

/**
 * Work that people want done at times of their own: register it as a bean, and give each piece its
 * times by {@link Timetable}. It runs as {@code system} and never waits for another machine.
 */
public interface TimedTask {
  /** Unique, in kebab-case; stays the same over releases. */
  String name();

  /**
   * A time of this piece has come. Where no console ran then, this is told once a console runs, and
   * one time may be told twice: whoever does the work knows which times it has dealt with.
   */
  void due(long id);
}
