package io.cachesync.agent.rdb;

import io.cachesync.agent.entry.KeyValue;
import java.io.IOException;

/** Reads what DUMP returned as {@link RdbReader} reads a key of a snapshot. */
public final class DumpReader {
  private final FieldExpiry fieldExpiry = new FieldExpiry();
  private final RdbString text = new RdbString();
  private final long fieldGraceMillis;

  /**
   * @param fieldGraceMillis added to the times at which fields of hashes expire
   */
  public DumpReader(long fieldGraceMillis) {
    this.fieldGraceMillis = fieldGraceMillis;
  }

  /**
   * Reads one value; its key is to be set after this.
   *
   * @param dump stays in use until the value is written
   * @param expireAtMillis Unix time, or {@link KeyValue#NO_EXPIRY}
   * @throws RdbFormatException RDB_CORRUPT
   */
  public void read(byte[] dump, int database, long expireAtMillis, KeyValue into)
      throws IOException {
    int length = dump.length - 1 - DumpPayload.FOOTER_BYTES;
    int footer = 1 + length;
    int rdbVersion = dump[footer] & 0xff | (dump[footer + 1] & 0xff) << 8;
    int type = RdbType.of(dump[0] & 0xff, rdbVersion);
    into.reset(database, type, expireAtMillis);
    into.body(dump, 1, length);
    if (!FieldExpiry.has(type)) {
      return;
    }
    RdbInput in = RdbInput.over(dump, 1, length);
    in.mark();
    if (type == RdbType.HASH_LISTPACK_EX) {
      in.skip(Long.BYTES);
      text.read(in, true);
    }
    fieldExpiry.adjust(into, in, text, fieldGraceMillis);
  }
}
