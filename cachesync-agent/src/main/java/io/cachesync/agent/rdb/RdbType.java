package io.cachesync.agent.rdb;

/** The type byte of a value: the names of rdb.h less the prefix. */
public final class RdbType {
  private static final String MODULE_NAME_CHARACTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  private static final int MODULE_NAME_LENGTH = 9;

  public static final int STRING = 0;
  public static final int LIST = 1;
  public static final int SET = 2;
  public static final int ZSET = 3;
  public static final int HASH = 4;
  public static final int ZSET_2 = 5;
  public static final int MODULE_PRE_GA = 6;
  public static final int MODULE_2 = 7;
  public static final int HASH_ZIPMAP = 9;
  public static final int LIST_ZIPLIST = 10;
  public static final int SET_INTSET = 11;
  public static final int ZSET_ZIPLIST = 12;
  public static final int HASH_ZIPLIST = 13;
  public static final int LIST_QUICKLIST = 14;
  public static final int STREAM_LISTPACKS = 15;
  public static final int HASH_LISTPACK = 16;
  public static final int ZSET_LISTPACK = 17;
  public static final int LIST_QUICKLIST_2 = 18;
  public static final int STREAM_LISTPACKS_2 = 19;
  public static final int SET_LISTPACK = 20;
  public static final int STREAM_LISTPACKS_3 = 21;
  public static final int HASH_METADATA_PRE_GA = 22;
  public static final int HASH_LISTPACK_EX_PRE_GA = 23;
  public static final int HASH_METADATA = 24;
  public static final int HASH_LISTPACK_EX = 25;
  public static final int STREAM_LISTPACKS_4 = 26;

  /**
   * What Valkey 9 has at 22, where Redis has another layout: the byte is the lowest of this.
   *
   * <pre>count | (field, value, time as 8 bytes LE or -1)…</pre>
   */
  public static final int VALKEY_HASH_2 = 256 + 22;

  /** From this one on a version of the format is Valkey's, and not one of Redis's. */
  public static final int FIRST_VALKEY_VERSION = 80;

  /** The last version of the format that both have in common. */
  private static final int LAST_COMMON_VERSION = 11;

  private RdbType() {}

  /**
   * The lowest RDB version whose servers know this type: the footer that every one of them takes.
   */
  public static int minVersion(int type) {
    return switch (type) {
      case LIST_QUICKLIST -> 7;
      case ZSET_2, MODULE_PRE_GA, MODULE_2 -> 8;
      case STREAM_LISTPACKS -> 9;
      case HASH_LISTPACK, ZSET_LISTPACK, LIST_QUICKLIST_2, STREAM_LISTPACKS_2 -> 10;
      case SET_LISTPACK, STREAM_LISTPACKS_3 -> 11;
      case HASH_METADATA_PRE_GA, HASH_LISTPACK_EX_PRE_GA, HASH_METADATA, HASH_LISTPACK_EX -> 12;
      case STREAM_LISTPACKS_4 -> 13;
      case VALKEY_HASH_2 -> FIRST_VALKEY_VERSION;
      default -> 6;
    };
  }

  /** Whether a server that loads this RDB version can RESTORE the type. */
  public static boolean isLoaded(int type, int rdbVersion) {
    int since = minVersion(type);
    return rdbVersion < FIRST_VALKEY_VERSION
        ? since <= rdbVersion
        : since <= LAST_COMMON_VERSION || since >= FIRST_VALKEY_VERSION;
  }

  /** The type of a value by its first byte, in the RDB version that it was written in. */
  static int of(int typeByte, int rdbVersion) {
    boolean valkeys = rdbVersion >= FIRST_VALKEY_VERSION;
    return valkeys && typeByte == (VALKEY_HASH_2 & 0xff) ? VALKEY_HASH_2 : typeByte;
  }

  /** Whether a module reads the value. */
  public static boolean isModule(int type) {
    return type == MODULE_PRE_GA || type == MODULE_2;
  }

  /** What TYPE says of a value; {@code module} for one whose name stands in its body. */
  public static String typeName(int type) {
    return switch (type) {
      case STRING -> "string";
      case LIST, LIST_ZIPLIST, LIST_QUICKLIST, LIST_QUICKLIST_2 -> "list";
      case SET, SET_INTSET, SET_LISTPACK -> "set";
      case ZSET, ZSET_2, ZSET_ZIPLIST, ZSET_LISTPACK -> "zset";
      case STREAM_LISTPACKS, STREAM_LISTPACKS_2, STREAM_LISTPACKS_3, STREAM_LISTPACKS_4 -> "stream";
      case HASH,
          HASH_ZIPMAP,
          HASH_ZIPLIST,
          HASH_LISTPACK,
          HASH_METADATA_PRE_GA,
          HASH_LISTPACK_EX_PRE_GA,
          HASH_METADATA,
          HASH_LISTPACK_EX,
          VALKEY_HASH_2 ->
          "hash";
      default -> "module";
    };
  }

  /**
   * The name of a module's type: nine characters of six bits, then ten bits of its version
   * (module.c, moduleTypeNameByID), behind the byte 0x81 that announces a long length.
   *
   * @param buffer the body of a {@link #MODULE_2}
   */
  public static String moduleName(byte[] buffer, int offset, int length) {
    if (length < 1 + Long.BYTES) {
      return "module";
    }
    long id = 0;
    for (int i = 1; i <= Long.BYTES; i++) {
      id = id << 8 | buffer[offset + i] & 0xff;
    }
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < MODULE_NAME_LENGTH; i++) {
      int shift = 10 + 6 * (MODULE_NAME_LENGTH - 1 - i);
      name.append(MODULE_NAME_CHARACTERS.charAt((int) (id >>> shift & 63)));
    }
    return name.toString();
  }
}
