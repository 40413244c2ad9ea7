package io.cachesync.agent.rdb;

/** The type byte of a value: the names of rdb.h less the prefix. */
public final class RdbType {
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

  private RdbType() {}

  /**
   * The lowest RDB version whose servers know this type: the footer that every one of them takes. A
   * server that loads RDB version v can RESTORE the type exactly if this is at most v.
   */
  public static int minVersion(int type) {
    return switch (type) {
      case LIST_QUICKLIST -> 7;
      case ZSET_2, MODULE_2 -> 8;
      case STREAM_LISTPACKS -> 9;
      case HASH_LISTPACK, ZSET_LISTPACK, LIST_QUICKLIST_2, STREAM_LISTPACKS_2 -> 10;
      case SET_LISTPACK, STREAM_LISTPACKS_3 -> 11;
      case HASH_METADATA_PRE_GA, HASH_LISTPACK_EX_PRE_GA, HASH_METADATA, HASH_LISTPACK_EX -> 12;
      default -> 6;
    };
  }
}
