package io.cachesync.agent.rdb;

import io.cachesync.agent.entry.ByteSource;
import io.cachesync.agent.entry.KeyValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Walks a snapshot key by key without decoding values. Not for more than one thread. */
public final class RdbReader {
  /** Newer snapshots are not known, neither Redis's nor Valkey's. */
  private static final int MAX_VERSION = 13;

  private static final int MAX_VALKEY_VERSION = 80;

  /** No server takes an argument of more than 512 MB by default. */
  private static final int MAX_ARGUMENT_BYTES = 512 * 1024 * 1024;

  /** A value is in memory twice, here and in the writer. */
  private static final int SHARE_OF_HEAP = 4;

  private static final int MIN_VERSION = 2;

  private static final int FIRST_VERSION_WITH_CHECKSUM = 5;
  private static final int MAGIC_BYTES = 9;

  private static final int OPCODE_SLOT_IMPORT = 0xf3;
  private static final int OPCODE_SLOT_INFO = 0xf4;
  private static final int OPCODE_FUNCTION2 = 0xf5;
  private static final int OPCODE_FUNCTION_PRE_GA = 0xf6;
  private static final int OPCODE_MODULE_AUX = 0xf7;
  private static final int OPCODE_IDLE = 0xf8;
  private static final int OPCODE_FREQ = 0xf9;
  private static final int OPCODE_AUX = 0xfa;
  private static final int OPCODE_RESIZEDB = 0xfb;
  private static final int OPCODE_EXPIRETIME_MS = 0xfc;
  private static final int OPCODE_EXPIRETIME = 0xfd;
  private static final int OPCODE_SELECTDB = 0xfe;
  private static final int OPCODE_EOF = 0xff;

  /** In place of a grace: hashes are handed on as the source wrote them. */
  static final long AS_WRITTEN = -1;

  /** In place of the size of a part: values are handed on as a whole. */
  static final int WHOLE = 0;

  /** Larger ones would stop the target for longer while it takes one in, and fill our memory. */
  private static final int PART_BYTES = 8 * 1024 * 1024;

  /** Opcodes lie above every type. */
  private static final int FIRST_OPCODE = 0xf0;

  private final RdbInput in;
  private final RdbString key = new RdbString();
  private final RdbString text = new RdbString();

  /** A value that may be cut. */
  private final RdbString string;

  private final ValueParts parts;
  private int version;
  private int database;
  private long expireAtMillis = KeyValue.NO_EXPIRY;
  private int replStreamDb = -1;
  private String serverVersion = "";
  private long keysAnnounced;
  private final FieldExpiry fieldExpiry = new FieldExpiry();
  private final long fieldGraceMillis;
  private long moduleAux;
  private boolean ended;

  /** Hands on values as the source wrote them, each as a whole. */
  public RdbReader(ByteSource in) {
    this(in, AS_WRITTEN, false);
  }

  /**
   * A value of more than 512 MB, or of more than a quarter of the heap, is a fault where it is
   * handed on as a whole.
   *
   * @param fieldGraceMillis added to the times at which fields of hashes expire
   * @param inParts whether large strings, lists, sets, sorted sets and hashes are handed on as
   *     {@link RdbRecord#PART}s
   */
  public RdbReader(ByteSource in, long fieldGraceMillis, boolean inParts) {
    this(in, largestValueBytes(SHARE_OF_HEAP), fieldGraceMillis, inParts ? PART_BYTES : WHOLE);
  }

  /**
   * As above, with parts that are smaller than they are otherwise.
   *
   * @param mostPartBytes of a part, to within an element
   */
  public static RdbReader inParts(ByteSource in, long fieldGraceMillis, int mostPartBytes) {
    int most = Math.min(mostPartBytes, PART_BYTES);
    return new RdbReader(in, largestValueBytes(SHARE_OF_HEAP), fieldGraceMillis, most);
  }

  /** What a value may take where so many of that size are to fit into the heap. */
  static int largestValueBytes(int shareOfHeap) {
    return (int) Math.min(MAX_ARGUMENT_BYTES, Runtime.getRuntime().maxMemory() / shareOfHeap);
  }

  RdbReader(ByteSource in, int maxValueBytes, long fieldGraceMillis) {
    this(in, maxValueBytes, fieldGraceMillis, WHOLE);
  }

  /**
   * @param maxValueBytes limit of one value, at most 1 GB
   * @param partBytes values of more are handed on in parts of about so much
   */
  RdbReader(ByteSource in, int maxValueBytes, long fieldGraceMillis, int partBytes) {
    if (maxValueBytes < 1 || maxValueBytes > 1 << 30) {
      throw new IllegalArgumentException("value limit " + maxValueBytes);
    }
    this.in = new RdbInput(in, maxValueBytes);
    this.fieldGraceMillis = fieldGraceMillis;
    int most = Math.min(partBytes, Math.max(1, maxValueBytes / 4));
    this.parts = new ValueParts(partBytes == WHOLE ? WHOLE : most);
    this.string = new RdbString(partBytes == WHOLE ? Long.MAX_VALUE : most);
  }

  /**
   * Reads up to the next key, function library, script, or the end. After the end it returns the
   * end again.
   *
   * @param into filled for all but the end; valid until the next call
   * @throws RdbFormatException RDB_CORRUPT, RDB_UNSUPPORTED or VALUE_TOO_LARGE
   */
  public RdbRecord next(KeyValue into) throws IOException {
    if (ended) {
      return RdbRecord.END;
    }
    if (version == 0) {
      version = readMagic();
    }
    if (parts.isOpen()) {
      in.mark();
      parts.next(in, string, into);
      return RdbRecord.PART;
    }
    while (true) {
      in.mark();
      int opcode = in.readByte();
      if (opcode < FIRST_OPCODE) {
        return readKey(RdbType.of(opcode, version), into);
      }
      RdbRecord record = readOpcode(opcode, into);
      if (record != null) {
        return record;
      }
    }
  }

  /** Whether snapshots of this version are read. */
  public static boolean reads(int version) {
    return version >= RdbType.FIRST_VALKEY_VERSION
        ? version <= MAX_VALKEY_VERSION
        : version >= MIN_VERSION && version <= MAX_VERSION;
  }

  /** Version of the format, 0 before the first {@link #next}. */
  public int version() {
    return version;
  }

  /** Bytes up to the end of what {@link #next} returned last. */
  public long bytesRead() {
    return in.bytesRead();
  }

  /** The database that the stream behind the snapshot begins in, or -1 where it does not tell. */
  public int replStreamDb() {
    return replStreamDb;
  }

  /** Version of the server that wrote it (AUX redis-ver or valkey-ver), empty below 3.2. */
  public String serverVersion() {
    return serverVersion;
  }

  /** Keys that the databases begun so far have announced (3.2 and later), or 0. */
  public long keysAnnounced() {
    return keysAnnounced;
  }

  /** How many pieces of modules' data stood outside of keys so far; they cannot be forwarded. */
  public long moduleAux() {
    return moduleAux;
  }

  private int readMagic() throws IOException {
    in.mark();
    in.skip(MAGIC_BYTES);
    String magic =
        new String(in.buffer(), in.markPosition(), MAGIC_BYTES, StandardCharsets.ISO_8859_1);
    boolean valkeys = magic.matches("VALKEY\\d{3}");
    if (!valkeys && !magic.matches("REDIS\\d{4}")) {
      throw in.corrupt("does not begin as a snapshot does");
    }
    int found = Integer.parseInt(magic, valkeys ? 6 : 5, MAGIC_BYTES, 10);
    if (valkeys != found >= RdbType.FIRST_VALKEY_VERSION || !reads(found)) {
      throw in.unsupported("format version " + found + (valkeys ? " of Valkey" : ""));
    }
    return found;
  }

  private RdbRecord readKey(int type, KeyValue into) throws IOException {
    if (version >= RdbType.FIRST_VALKEY_VERSION && !RdbType.isLoaded(type, version)) {
      throw in.unsupported("value type " + type + " of Valkey");
    }
    key.read(in, true);
    int body = in.sinceMark();
    boolean plain = false;
    int elements = body;
    if (type == RdbType.STRING) {
      plain = string.read(in, false);
      parts.begin(type, string.rest());
    } else if (parts.cuts(type)) {
      parts.begin(type, in.readCount());
      elements = in.sinceMark();
      parts.readElements(in);
    } else if (fieldGraceMillis != AS_WRITTEN && type == RdbType.HASH_LISTPACK_EX) {
      in.skip(Long.BYTES);
      text.read(in, true);
    } else {
      ValueSkipper.skip(in, type);
    }
    into.reset(database, type, expireAtMillis);
    into.key(key.buffer(in), key.offset(in), key.length());
    into.body(in.buffer(), in.markPosition() + body, in.sinceMark() - body);
    if (plain) {
      into.text(string.buffer(in), string.offset(in), string.length());
    }
    if (fieldGraceMillis != AS_WRITTEN && FieldExpiry.has(type)) {
      // The checksum is over the bytes as they came.
      in.checksum();
      fieldExpiry.adjust(into, in, text, fieldGraceMillis);
    }
    expireAtMillis = KeyValue.NO_EXPIRY;
    if (!parts.isOpen()) {
      return RdbRecord.KEY;
    }
    into.body(in.buffer(), in.markPosition() + elements, in.sinceMark() - elements);
    into.part(true, false);
    parts.keepKey(into);
    return RdbRecord.PART;
  }

  /** Returns null where there is nothing to hand on. */
  private RdbRecord readOpcode(int opcode, KeyValue into) throws IOException {
    switch (opcode) {
      case OPCODE_EOF -> {
        readEnd();
        return RdbRecord.END;
      }
      case OPCODE_SELECTDB -> database = (int) Math.min(in.readCount(), Integer.MAX_VALUE);
      // A time before 1970 has passed just the same, and -1 would mean none.
      case OPCODE_EXPIRETIME_MS -> expireAtMillis = Math.max(1, in.readLittleEndian(8));
      case OPCODE_EXPIRETIME -> expireAtMillis = Math.max(1, (int) in.readLittleEndian(4) * 1000L);
      case OPCODE_RESIZEDB -> {
        keysAnnounced += in.readCount();
        in.readCount();
      }
      case OPCODE_FREQ -> in.readByte();
      case OPCODE_IDLE -> in.readLength();
      case OPCODE_AUX -> {
        return readAux(into) ? RdbRecord.SCRIPT : null;
      }
      case OPCODE_FUNCTION2 -> {
        text.read(in, true);
        handText(into);
        return RdbRecord.FUNCTION;
      }
      case OPCODE_MODULE_AUX -> {
        ValueSkipper.skipModule(in);
        moduleAux++;
      }
      case OPCODE_SLOT_IMPORT -> skipSlotImport();
      case OPCODE_SLOT_INFO -> {
        in.readLength();
        in.readLength();
        in.readLength();
      }
      case OPCODE_FUNCTION_PRE_GA -> throw in.unsupported("a function of a 7.0 release candidate");
      default -> throw in.unsupported("opcode 0x" + Integer.toHexString(opcode));
    }
    return null;
  }

  /**
   * A Valkey (9.0 and later) that is taking slots in; their keys stand among the others.
   *
   * <pre>0xf3 | name of the task | number of ranges | (first slot | last slot)…</pre>
   */
  private void skipSlotImport() throws IOException {
    if (version < RdbType.FIRST_VALKEY_VERSION) {
      throw in.unsupported("opcode 0x" + Integer.toHexString(OPCODE_SLOT_IMPORT));
    }
    text.read(in, true);
    for (long ranges = in.readCount(); ranges > 0; ranges--) {
      in.readLength();
      in.readLength();
    }
  }

  /** Returns whether it was a cached script, which is then handed on. */
  private boolean readAux(KeyValue into) throws IOException {
    key.read(in, true);
    String name =
        new String(key.buffer(in), key.offset(in), key.length(), StandardCharsets.ISO_8859_1);
    text.read(in, true);
    if (name.equals("lua")) {
      handText(into);
      return true;
    }
    if (name.equals("redis-ver") || name.equals("valkey-ver")) {
      serverVersion = auxValue();
    } else if (name.equals("repl-stream-db")) {
      try {
        replStreamDb = Integer.parseInt(auxValue());
      } catch (NumberFormatException e) {
        throw in.corrupt("repl-stream-db is no number");
      }
    }
    return false;
  }

  private String auxValue() {
    return new String(text.buffer(in), text.offset(in), text.length(), StandardCharsets.ISO_8859_1);
  }

  private void handText(KeyValue into) {
    into.reset(database, RdbType.STRING, KeyValue.NO_EXPIRY);
    into.text(text.buffer(in), text.offset(in), text.length());
  }

  private void readEnd() throws IOException {
    if (version >= FIRST_VERSION_WITH_CHECKSUM) {
      long computed = in.checksum();
      long stored = in.readLittleEndian(Long.BYTES);
      // Zero: the server has rdbchecksum off.
      if (stored != 0 && stored != computed) {
        throw in.corrupt("the checksum does not match");
      }
    }
    if (!in.atEnd()) {
      throw in.corrupt("bytes follow behind its end");
    }
    ended = true;
  }
}
