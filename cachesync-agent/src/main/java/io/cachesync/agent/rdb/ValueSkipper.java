package io.cachesync.agent.rdb;

import java.io.IOException;

/** Finds where a value ends: the layouts of rdb.c (rdbLoadObject) without decoding them. */
final class ValueSkipper {
  private static final int STREAM_ID_BYTES = 16;
  private static final int MILLIS_BYTES = 8;
  private static final int DOUBLE_BYTES = 8;

  /** Lengths of an ascii double that stand for NaN, plus and minus infinity. */
  private static final int FIRST_SPECIAL_DOUBLE = 253;

  private static final int MODULE_EOF = 0;
  private static final int MODULE_SINT = 1;
  private static final int MODULE_UINT = 2;
  private static final int MODULE_FLOAT = 3;
  private static final int MODULE_DOUBLE = 4;
  private static final int MODULE_STRING = 5;

  private ValueSkipper() {}

  static void skip(RdbInput in, int type) throws IOException {
    switch (type) {
      case RdbType.STRING,
          RdbType.HASH_ZIPMAP,
          RdbType.LIST_ZIPLIST,
          RdbType.SET_INTSET,
          RdbType.ZSET_ZIPLIST,
          RdbType.HASH_ZIPLIST,
          RdbType.HASH_LISTPACK,
          RdbType.ZSET_LISTPACK,
          RdbType.SET_LISTPACK,
          RdbType.HASH_LISTPACK_EX_PRE_GA ->
          in.skipString();
      case RdbType.LIST,
          RdbType.SET,
          RdbType.HASH,
          RdbType.ZSET,
          RdbType.ZSET_2,
          RdbType.LIST_QUICKLIST,
          RdbType.LIST_QUICKLIST_2 ->
          skipElements(in, type);
      case RdbType.MODULE_2 -> skipModule(in);
      case RdbType.STREAM_LISTPACKS,
          RdbType.STREAM_LISTPACKS_2,
          RdbType.STREAM_LISTPACKS_3,
          RdbType.STREAM_LISTPACKS_4 ->
          skipStream(in, type);
      case RdbType.VALKEY_HASH_2 -> {
        long fields = in.readCount();
        for (long i = 0; i < fields; i++) {
          in.skipString();
          in.skipString();
          in.skip(MILLIS_BYTES);
        }
      }
      case RdbType.HASH_METADATA_PRE_GA -> skipHashWithExpiry(in);
      case RdbType.HASH_METADATA -> {
        in.skip(MILLIS_BYTES);
        skipHashWithExpiry(in);
      }
      case RdbType.HASH_LISTPACK_EX -> {
        in.skip(MILLIS_BYTES);
        in.skipString();
      }
      case RdbType.MODULE_PRE_GA ->
          throw in.unsupported("a module value of a 4.0 release candidate");
      default -> throw in.unsupported("value type " + type);
    }
  }

  /** Module id and records up to their end. */
  static void skipModule(RdbInput in) throws IOException {
    in.readLength();
    while (true) {
      int opcode = (int) in.readCount();
      switch (opcode) {
        case MODULE_EOF -> {
          return;
        }
        case MODULE_SINT, MODULE_UINT -> in.readLength();
        case MODULE_FLOAT -> in.skip(4);
        case MODULE_DOUBLE -> in.skip(8);
        case MODULE_STRING -> in.skipString();
        default -> throw in.corrupt("unknown record " + opcode + " of a module");
      }
    }
  }

  static void skipStrings(RdbInput in, int perElement) throws IOException {
    long count = in.readCount();
    for (long i = 0; i < count; i++) {
      for (int part = 0; part < perElement; part++) {
        in.skipString();
      }
    }
  }

  private static void skipElements(RdbInput in, int type) throws IOException {
    long count = in.readCount();
    for (long i = 0; i < count; i++) {
      skipElement(in, type);
    }
  }

  /** Whether a value is nothing but elements behind their number. */
  static boolean hasElements(int type) {
    return switch (type) {
      case RdbType.LIST,
          RdbType.SET,
          RdbType.HASH,
          RdbType.ZSET,
          RdbType.ZSET_2,
          RdbType.LIST_QUICKLIST,
          RdbType.LIST_QUICKLIST_2 ->
          true;
      default -> false;
    };
  }

  /** One element of a type that {@link #hasElements}; of a quicklist it is a node. */
  static void skipElement(RdbInput in, int type) throws IOException {
    if (type == RdbType.LIST_QUICKLIST_2) {
      long container = in.readLength();
      if (container != 1 && container != 2) {
        throw in.corrupt("unknown node container " + container + " of a list");
      }
    }
    in.skipString();
    switch (type) {
      case RdbType.HASH -> in.skipString();
      case RdbType.ZSET_2 -> in.skip(DOUBLE_BYTES);
      case RdbType.ZSET -> {
        int length = in.readByte();
        in.skip(length >= FIRST_SPECIAL_DOUBLE ? 0 : length);
      }
      default -> {
        // The string was all.
      }
    }
  }

  private static void skipHashWithExpiry(RdbInput in) throws IOException {
    long count = in.readCount();
    for (long i = 0; i < count; i++) {
      in.readLength();
      in.skipString();
      in.skipString();
    }
  }

  private static void skipStream(RdbInput in, int type) throws IOException {
    skipStrings(in, 2);
    skipLengths(in, 3);
    boolean version2 = type != RdbType.STREAM_LISTPACKS;
    if (version2) {
      skipLengths(in, 5);
    }
    long groups = in.readCount();
    for (long group = 0; group < groups; group++) {
      in.skipString();
      skipLengths(in, version2 ? 3 : 2);
      skipPending(in);
      skipConsumers(in, type);
    }
    if (type == RdbType.STREAM_LISTPACKS_4) {
      skipProducers(in);
    }
  }

  /**
   * What a stream remembers of messages that are not to be added twice (8.6).
   *
   * <pre>
   * seconds | most | count of (producer, count of (message, ID as two lengths)…)… | all | repeated
   * </pre>
   */
  private static void skipProducers(RdbInput in) throws IOException {
    skipLengths(in, 2);
    long producers = in.readCount();
    for (long producer = 0; producer < producers; producer++) {
      in.skipString();
      long messages = in.readCount();
      for (long message = 0; message < messages; message++) {
        in.skipString();
        skipLengths(in, 2);
      }
    }
    skipLengths(in, 2);
  }

  /** What a group of a stream has delivered. */
  static void skipPending(RdbInput in) throws IOException {
    long pending = in.readCount();
    for (long i = 0; i < pending; i++) {
      in.skip(STREAM_ID_BYTES + MILLIS_BYTES);
      in.readLength();
    }
  }

  private static void skipConsumers(RdbInput in, int type) throws IOException {
    int times = type >= RdbType.STREAM_LISTPACKS_3 ? 2 : 1;
    long consumers = in.readCount();
    for (long consumer = 0; consumer < consumers; consumer++) {
      in.skipString();
      in.skip((long) times * MILLIS_BYTES);
      skipPendingOfConsumer(in);
    }
  }

  static void skipPendingOfConsumer(RdbInput in) throws IOException {
    long pending = in.readCount();
    for (long i = 0; i < pending; i++) {
      in.skip(STREAM_ID_BYTES);
    }
  }

  static void skipLengths(RdbInput in, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      in.readLength();
    }
  }
}
