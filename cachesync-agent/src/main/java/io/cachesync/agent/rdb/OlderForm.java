package io.cachesync.agent.rdb;

import io.cachesync.agent.entry.KeyValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Tells a value in the form of an older version of the RDB, so that a server that loads no more
 * than that takes it: the plain forms of 2.6, which every server knows, and streams without what
 * they did not have yet. For one thread.
 */
public final class OlderForm {
  /** How a value stands there. */
  public enum Form {
    /** Nothing was to be done. */
    AS_IT_WAS,
    /** In another form, with all that it holds. */
    OLDER,
    /** Without the times at which its fields expire. */
    WITHOUT_FIELD_TIMES,
    /** The version has none for it. */
    NONE
  }

  private static final int STREAM_VERSION = 9;
  private static final int STREAM_2_VERSION = 10;

  /** A score's text is never longer. */
  private static final int MAX_SCORE_CHARACTERS = 128;

  /** A value is in memory three times: as it came, in the older form, and in the writer. */
  private static final int SHARE_OF_HEAP = 8;

  private static final int PLAIN_NODE = 1;

  /** In place of a time, where Valkey has none. */
  private static final long NO_TIME = -1;

  private static final int TIME_BYTES = 8;
  private static final byte[] PLUS_INFINITY = "inf".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MINUS_INFINITY = "-inf".getBytes(StandardCharsets.US_ASCII);

  private final int rdbVersion;
  private final BodyOut out;
  private final RdbString text = new RdbString();
  private final Listpack listpack = new Listpack();
  private final Ziplist ziplist = new Ziplist();

  /**
   * @param rdbVersion what the server loads
   */
  public OlderForm(int rdbVersion) {
    this(rdbVersion, RdbReader.largestValueBytes(SHARE_OF_HEAP));
  }

  OlderForm(int rdbVersion, int maxBytes) {
    this.rdbVersion = rdbVersion;
    this.out = new BodyOut(maxBytes);
  }

  /**
   * Changes type and body where they must be; the body is then valid until the next call.
   *
   * @throws RdbFormatException RDB_CORRUPT or VALUE_TOO_LARGE
   */
  public Form of(KeyValue value) throws IOException {
    int type = value.type();
    if (RdbType.isLoaded(type, rdbVersion)) {
      return Form.AS_IT_WAS;
    }
    RdbInput in = RdbInput.within(value.bodyBuffer(), value.bodyOffset(), value.bodyLength());
    out.clear();
    in.mark();
    int older = write(in, type);
    if (older < 0) {
      return Form.NONE;
    }
    value.type(older);
    value.body(out.buffer(), 0, out.length());
    boolean lost = losesTimes(type) && older != RdbType.VALKEY_HASH_2;
    return lost ? Form.WITHOUT_FIELD_TIMES : Form.OLDER;
  }

  private static boolean losesTimes(int type) {
    return type >= RdbType.HASH_METADATA_PRE_GA && type <= RdbType.HASH_LISTPACK_EX;
  }

  /** Returns the type that was written, or -1 for none. */
  private int write(RdbInput in, int type) throws IOException {
    if (losesTimes(type) && rdbVersion >= RdbType.FIRST_VALKEY_VERSION) {
      valkeyFields(in, type);
      return RdbType.VALKEY_HASH_2;
    }
    switch (type) {
      case RdbType.HASH_LISTPACK -> {
        packed(in, 2, 2);
        return RdbType.HASH;
      }
      case RdbType.SET_LISTPACK -> {
        packed(in, 1, 1);
        return RdbType.SET;
      }
      case RdbType.ZSET_LISTPACK -> {
        packedScores(in);
        return RdbType.ZSET;
      }
      case RdbType.ZSET_2 -> {
        scores(in);
        return RdbType.ZSET;
      }
      case RdbType.LIST_QUICKLIST, RdbType.LIST_QUICKLIST_2 -> {
        list(in, type == RdbType.LIST_QUICKLIST_2);
        return RdbType.LIST;
      }
      case RdbType.HASH_METADATA, RdbType.HASH_METADATA_PRE_GA -> {
        in.skip(type == RdbType.HASH_METADATA ? TIME_BYTES : 0);
        timedFields(in);
        return RdbType.HASH;
      }
      case RdbType.HASH_LISTPACK_EX, RdbType.HASH_LISTPACK_EX_PRE_GA -> {
        in.skip(type == RdbType.HASH_LISTPACK_EX ? TIME_BYTES : 0);
        packed(in, 3, 2);
        return RdbType.HASH;
      }
      case RdbType.STREAM_LISTPACKS_2, RdbType.STREAM_LISTPACKS_3, RdbType.STREAM_LISTPACKS_4 -> {
        return stream(in, type);
      }
      default -> {
        return -1;
      }
    }
  }

  /**
   * A listpack as strings.
   *
   * @param each elements that belong together, of which the first {@code kept} are kept
   */
  private void packed(RdbInput in, int each, int kept) throws IOException {
    begin(in, listpack);
    int count = out.beginCount();
    int elements = 0;
    for (; listpack.next(); elements++) {
      if (elements % each < kept) {
        out.string(listpack.buffer(), listpack.offset(), listpack.length());
      }
    }
    if (elements % each != 0) {
      throw PackedList.damaged();
    }
    out.endCount(count, elements / each);
  }

  private void packedScores(RdbInput in) throws IOException {
    begin(in, listpack);
    int count = out.beginCount();
    int members = 0;
    for (; listpack.next(); members++) {
      out.string(listpack.buffer(), listpack.offset(), listpack.length());
      if (!listpack.next()) {
        throw PackedList.damaged();
      }
      scoreText(listpack.buffer(), listpack.offset(), listpack.length());
    }
    out.endCount(count, members);
  }

  private void scoreText(byte[] buffer, int offset, int length) throws RdbFormatException {
    if (is(PLUS_INFINITY, buffer, offset, length)) {
      out.score(Double.POSITIVE_INFINITY);
    } else if (is(MINUS_INFINITY, buffer, offset, length)) {
      out.score(Double.NEGATIVE_INFINITY);
    } else if (length > MAX_SCORE_CHARACTERS) {
      throw RdbFormatException.corrupt(0, "a score of " + length + " characters");
    } else {
      out.scoreText(buffer, offset, length);
    }
  }

  private static boolean is(byte[] word, byte[] buffer, int offset, int length) {
    return Arrays.equals(word, 0, word.length, buffer, offset, offset + length);
  }

  private void scores(RdbInput in) throws IOException {
    long members = in.readCount();
    keep(in);
    for (long i = 0; i < members; i++) {
      in.skipString();
      keep(in);
      out.score(Double.longBitsToDouble(in.readLittleEndian(Double.BYTES)));
      in.mark();
    }
  }

  private void list(RdbInput in, boolean second) throws IOException {
    long nodes = in.readCount();
    PackedList packed = second ? listpack : ziplist;
    int count = out.beginCount();
    int elements = 0;
    for (long i = 0; i < nodes; i++) {
      long container = second ? in.readLength() : 0;
      in.mark();
      if (container == PLAIN_NODE) {
        in.skipString();
        keep(in);
        elements++;
        continue;
      }
      for (begin(in, packed); packed.next(); elements++) {
        out.string(packed.buffer(), packed.offset(), packed.length());
      }
    }
    out.endCount(count, elements);
  }

  /** Time, field and value of each. */
  private void timedFields(RdbInput in) throws IOException {
    in.mark();
    long fields = in.readCount();
    keep(in);
    for (long i = 0; i < fields; i++) {
      in.readLength();
      in.mark();
      in.skipString();
      in.skipString();
      keep(in);
    }
  }

  /** Field, value and time of each, as Valkey 9 has them. */
  private void valkeyFields(RdbInput in, int type) throws IOException {
    boolean dated = type == RdbType.HASH_METADATA || type == RdbType.HASH_LISTPACK_EX;
    long earliest = dated ? in.readLittleEndian(TIME_BYTES) : 0;
    if (type == RdbType.HASH_LISTPACK_EX || type == RdbType.HASH_LISTPACK_EX_PRE_GA) {
      packedFields(in);
      return;
    }
    in.mark();
    long fields = in.readCount();
    keep(in);
    for (long i = 0; i < fields; i++) {
      long time = in.readLength();
      in.mark();
      in.skipString();
      in.skipString();
      keep(in);
      // 7.4 counts from the earliest of them, and from one.
      out.little(time == 0 ? NO_TIME : dated ? earliest + time - 1 : time);
    }
  }

  private void packedFields(RdbInput in) throws IOException {
    begin(in, listpack);
    int count = out.beginCount();
    int elements = 0;
    for (; listpack.next(); elements++) {
      if (elements % 3 < 2) {
        out.string(listpack.buffer(), listpack.offset(), listpack.length());
        continue;
      }
      long time = 0;
      for (int i = 0; i < listpack.length(); i++) {
        time = time * 10 + listpack.buffer()[listpack.offset() + i] - '0';
      }
      out.little(time == 0 ? NO_TIME : time);
    }
    if (elements % 3 != 0) {
      throw PackedList.damaged();
    }
    out.endCount(count, elements / 3);
  }

  /**
   * Without what it remembers of its producers (8.6) and when a consumer was last active (7.2), and
   * for servers before 7.0 without what the stream has counted and what its groups have read.
   */
  private int stream(RdbInput in, int type) throws IOException {
    if (rdbVersion < STREAM_VERSION) {
      return -1;
    }
    boolean counts = rdbVersion >= STREAM_2_VERSION;
    boolean active = RdbType.isLoaded(RdbType.STREAM_LISTPACKS_3, rdbVersion);
    ValueSkipper.skipStrings(in, 2);
    ValueSkipper.skipLengths(in, 3);
    keep(in);
    ValueSkipper.skipLengths(in, 5);
    keepIf(counts, in);
    long groups = in.readCount();
    for (long group = 0; group < groups; group++) {
      in.skipString();
      ValueSkipper.skipLengths(in, 2);
      keep(in);
      in.readLength();
      keepIf(counts, in);
      ValueSkipper.skipPending(in);
      consumers(in, type >= RdbType.STREAM_LISTPACKS_3, active);
    }
    keep(in);
    if (active) {
      return RdbType.STREAM_LISTPACKS_3;
    }
    return counts ? RdbType.STREAM_LISTPACKS_2 : RdbType.STREAM_LISTPACKS;
  }

  private void consumers(RdbInput in, boolean active, boolean keepsActive) throws IOException {
    long consumers = in.readCount();
    for (long consumer = 0; consumer < consumers; consumer++) {
      in.skipString();
      in.skip(TIME_BYTES);
      keep(in);
      in.skip(active ? TIME_BYTES : 0);
      keepIf(keepsActive, in);
      ValueSkipper.skipPendingOfConsumer(in);
      keep(in);
    }
  }

  private void begin(RdbInput in, PackedList packed) throws IOException {
    in.mark();
    text.read(in, true);
    packed.begin(text.buffer(in), text.offset(in), text.length());
  }

  private void keepIf(boolean kept, RdbInput in) throws IOException {
    if (kept) {
      keep(in);
    } else {
      in.mark();
    }
  }

  /** Takes over what was read since the last mark, and sets the next. */
  private void keep(RdbInput in) throws IOException {
    out.raw(in.buffer(), in.markPosition(), in.sinceMark());
    in.mark();
  }
}
