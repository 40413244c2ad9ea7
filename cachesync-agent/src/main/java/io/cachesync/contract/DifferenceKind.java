package io.cachesync.contract;

/** What is unlike between both sides of a key. Docs: docs/check.md, a row for each. */
public enum DifferenceKind {
  /** The source has the key, the target does not. */
  MISSING,
  /** The target has the key, the source does not. */
  EXTRA,
  /** Both have it, of different types. */
  TYPE,
  /** One side keeps it for ever, or they let it go at different times. */
  TTL,
  /** A different number of bytes or elements; told where the value itself is not read. */
  LENGTH,
  /** Bytes of a string. */
  VALUE,
  /** An element of a list at its place, also one that only one side has. */
  ELEMENT,
  /** A member of a set or sorted set that the target does not have. */
  MEMBER_MISSING,
  /** A member of a set or sorted set that only the target has. */
  MEMBER_EXTRA,
  /** The score of a member of a sorted set. */
  SCORE,
  FIELD_MISSING,
  FIELD_EXTRA,
  FIELD_VALUE,
  /** When a field of a hash expires. */
  FIELD_TTL,
  ENTRY_MISSING,
  ENTRY_EXTRA,
  /** Fields of a stream's entry. */
  ENTRY_VALUE,
  /** A counter or id that a stream keeps. */
  STREAM_COUNTER,
  GROUP_MISSING,
  GROUP_EXTRA,
  /** A counter or id that a consumer group keeps. */
  GROUP_COUNTER,
  CONSUMER_MISSING,
  CONSUMER_EXTRA,
  PENDING_MISSING,
  PENDING_EXTRA,
  /** Consumer, deliveries or time of a pending entry. */
  PENDING_VALUE,
  /** Of a type that can only be compared as a whole, in forms that cannot be. */
  NOT_COMPARABLE,
  UNKNOWN
}
