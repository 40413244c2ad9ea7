package io.cachesync.agent.sample;

import java.nio.charset.StandardCharsets;

/**
 * The kinds of sample keys. Key number {@code n} of a kind is {@code sample:<kind>:<n>}, so that
 * whoever writes to sample data finds its keys without asking the server.
 */
enum SampleKind {
  STRING(340, 0),
  INT(120, 0),
  /** Long and repetitive: the server's RDB compresses it. */
  TEXT(60, 0),
  /** Key and value of any bytes. */
  BINARY(40, 0),
  /** Strings that expire in some hours. */
  VOLATILE(80, 0),
  BITMAP(10, 0),
  /** HyperLogLog. */
  HLL(10, 0),
  LIST(70, 0),
  INTSET(30, 0),
  SET(50, 0),
  HASH(110, 0),
  ZSET(60, 0),
  GEO(10, 302),
  STREAM(20, 500),
  /** Hash fields with an expiry of their own. */
  FIELDS(10, 704),
  /** Thousands of elements; few of them. */
  BIG_LIST(0, 0),
  BIG_SET(0, 0),
  BIG_HASH(0, 0),
  BIG_ZSET(0, 0),
  BIG_STREAM(0, 500);

  /** One big key of each kind in so many keys. */
  private static final long BIG_EVERY = 50_000;

  private static final int WEIGHTS = weights();

  private final int weight;
  private final int sinceVersion;

  SampleKind(int weight, int sinceVersion) {
    this.weight = weight;
    this.sinceVersion = sinceVersion;
  }

  boolean existsIn(int version) {
    return version >= sinceVersion;
  }

  /** How many of {@code keys} sample keys are of this kind; at least one. */
  long count(long keys) {
    return Math.max(1, weight == 0 ? keys / BIG_EVERY : keys * weight / WEIGHTS);
  }

  byte[] key(long number) {
    if (this == BINARY) {
      byte[] head = "sample:binary:".getBytes(StandardCharsets.ISO_8859_1);
      byte[] key = new byte[head.length + 6];
      System.arraycopy(head, 0, key, 0, head.length);
      key[head.length] = '\r';
      key[head.length + 1] = '\n';
      for (int i = 0; i < 4; i++) {
        key[head.length + 2 + i] = (byte) (number >>> (8 * i));
      }
      return key;
    }
    return ("sample:" + name().toLowerCase(java.util.Locale.ROOT) + ':' + number)
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private static int weights() {
    int sum = 0;
    for (SampleKind kind : values()) {
      sum += kind.weight;
    }
    return sum;
  }
}
