package io.cachesync.agent.rdb;

import io.cachesync.agent.entry.KeyValue;
import java.io.IOException;

/** Cuts a large value between its elements, or a plain string anywhere. */
final class ValueParts {
  private final int partBytes;
  private int type;
  private int database;
  private long expireAtMillis;
  private byte[] key = new byte[0];

  /** Elements, or bytes of a string, that were not handed on yet. */
  private long rest;

  /**
   * @param partBytes a part ends with the first element behind so much, or {@link RdbReader#WHOLE}
   */
  ValueParts(int partBytes) {
    this.partBytes = partBytes;
  }

  /** Whether a value of this type is read by its elements. */
  boolean cuts(int ofType) {
    return partBytes != RdbReader.WHOLE && ValueSkipper.hasElements(ofType);
  }

  /** Whether a value is not at its end yet. */
  boolean isOpen() {
    return rest > 0;
  }

  /**
   * @param newRest elements, or bytes of a string, that are still in the input
   */
  void begin(int newType, long newRest) {
    type = newType;
    rest = newRest;
  }

  /** Goes over elements until the part is full, or the value at its end. */
  void readElements(RdbInput in) throws IOException {
    int begin = in.sinceMark();
    while (rest > 0 && in.sinceMark() - begin < partBytes) {
      ValueSkipper.skipElement(in, type);
      rest--;
    }
  }

  /** The parts that follow have the key of this one. */
  void keepKey(KeyValue first) {
    key = first.key();
    database = first.database();
    expireAtMillis = first.expireAtMillis();
  }

  /**
   * Reads the next part; the input is marked where it begins.
   *
   * @param text a string of which a part was read
   */
  void next(RdbInput in, RdbString text, KeyValue into) throws IOException {
    into.reset(database, type, expireAtMillis);
    into.key(key, 0, key.length);
    if (type == RdbType.STRING) {
      text.readRest(in);
      into.text(text.buffer(in), text.offset(in), text.length());
      rest = text.rest();
    } else {
      readElements(in);
      into.body(in.buffer(), in.markPosition(), in.sinceMark());
    }
    into.part(false, rest == 0);
  }
}
