package io.cachesync.web.schedule;

/** Rows of a table that are worked on under leases, each by one console at a time. */
public interface LeasedRows {

  /** Takes the lease in the database; true when it was got. */
  boolean take(Lease lease);

  /**
   * Makes the lease end later; called again and again while the work goes on, so that work may take
   * longer than it was thought to, and a console that died is noticed soon.
   */
  default void renew(Lease lease) {}

  void work(long id);

  /** Gives the lease back after the work. */
  default void give(Lease lease) {}

  /**
   * Where the work on a row is done: only few rows of one place are worked on at a time, the others
   * wait without a thread, so that a place that does not answer holds up nobody else.
   */
  default Object placeOf(long id) {
    return "row " + id;
  }
}
