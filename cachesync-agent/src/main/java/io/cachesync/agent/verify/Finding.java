package io.cachesync.agent.verify;

import io.cachesync.contract.DifferenceKind;

/** One thing that is unlike in a key, as one look saw it. */
final class Finding {
  private final DifferenceKind kind;
  private final long identity;
  private final boolean isFleeting;
  private final byte[] field;
  private final byte[] source;
  private final byte[] target;

  /**
   * @param identity the same each time that the same thing is unlike in the same way
   * @param isFleeting whether it is about to pass
   * @param field null for what concerns the key as a whole
   * @param source what the source has, cut, or null
   * @param target what the target has, cut, or null
   */
  Finding(
      DifferenceKind kind,
      long identity,
      boolean isFleeting,
      byte[] field,
      byte[] source,
      byte[] target) {
    this.kind = kind;
    this.identity = identity;
    this.isFleeting = isFleeting;
    this.field = field;
    this.source = source;
    this.target = target;
  }

  DifferenceKind kind() {
    return kind;
  }

  long identity() {
    return identity;
  }

  boolean isFleeting() {
    return isFleeting;
  }

  byte[] field() {
    return field;
  }

  byte[] source() {
    return source;
  }

  byte[] target() {
    return target;
  }
}
