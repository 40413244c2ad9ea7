package io.cachesync.web.check;

/**
 * Two checks of the same ends beside each other.
 *
 * @param id the later one
 * @param earlierId the earlier one
 * @param change which keys are meant
 */
record Comparison(long id, long earlierId, Change change) {

  /** What became of a key between two checks. */
  enum Change {
    /** Differs now, and did not. */
    NEW,
    /** Differed, and does so no more. */
    GONE,
    STILL
  }

  Comparison of(Change other) {
    return new Comparison(id, earlierId, other);
  }

  /** The check that lists the keys. */
  long listedIn() {
    return change == Change.GONE ? earlierId : id;
  }

  /** Of the two that which is not {@code one}. */
  long other(long one) {
    return one == id ? earlierId : id;
  }
}
