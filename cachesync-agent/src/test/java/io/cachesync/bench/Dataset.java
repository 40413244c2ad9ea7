package io.cachesync.bench;

import static io.cachesync.bench.Pipeline.bytes;

import java.util.Random;

/** What is copied. The same bytes at each run. */
enum Dataset {
  /** 3,000,000 strings: keys of 16 bytes, values of 64. */
  A(3_000_000) {
    @Override
    void write(Commands to, int keys) {
      Random random = new Random(1);
      for (int i = 0; i < keys; i++) {
        to.command(SET, key("a", i), text(random, 64));
      }
    }
  },
  /** 200,000 hashes of 20 fields with values of 16 bytes. */
  B(200_000) {
    @Override
    void write(Commands to, int keys) {
      Random random = new Random(2);
      for (int i = 0; i < keys; i++) {
        byte[][] words = command("HSET", key("b", i), 40);
        for (int field = 0; field < 20; field++) {
          words[2 + 2 * field] = bytes("field:%02d".formatted(field));
          words[3 + 2 * field] = text(random, 16);
        }
        to.command(words);
      }
    }
  },
  /** 20,000 strings of 51,200 bytes that cannot be made smaller. */
  C(20_000) {
    @Override
    void write(Commands to, int keys) {
      Random random = new Random(3);
      byte[] value = new byte[51_200];
      for (int i = 0; i < keys; i++) {
        random.nextBytes(value);
        to.command(SET, key("c", i), value);
      }
    }
  },
  /**
   * 630,865 keys: 300,000 strings that look like JSON, 100,000 numbers, 230,850 small and middling
   * lists, sets, sorted sets and hashes, 15 collections of 200,000 members; a tenth has a time to
   * live.
   */
  D(630_865) {
    @Override
    void write(Commands to, int keys) {
      Random random = new Random(4);
      int large = Math.max(1, keys * 15 / 630_865);
      int documents = keys * 300 / 631;
      int numbers = keys * 100 / 631;
      for (int i = 0; i < keys - large; i++) {
        byte[] key = key("d", i);
        if (i < documents) {
          to.command(SET, key, document(random, i));
        } else if (i < documents + numbers) {
          to.command(SET, key, bytes(Integer.toString(random.nextInt())));
        } else {
          collection(to, key, i % 4, 8 + i % 33, random);
        }
        if (i % 10 == 0) {
          to.command(bytes("EXPIRE"), key, bytes("86400"));
        }
      }
      for (int i = 0; i < large; i++) {
        for (int part = 0; part < 200; part++) {
          collection(to, key("large", i), i % 4, 1000, random);
        }
      }
    }
  };

  private static final byte[] SET = bytes("SET");
  private static final byte[] LETTERS =
      bytes("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

  private final int keys;

  Dataset(int keys) {
    this.keys = keys;
  }

  abstract void write(Commands to, int keys);

  int keys() {
    return keys;
  }

  /** A key of 16 bytes. */
  static byte[] key(String kind, int number) {
    return bytes(kind + ":" + "%014d".formatted(number).substring(kind.length() - 1));
  }

  /** Letters that cannot be made smaller. */
  static byte[] text(Random random, int length) {
    byte[] text = new byte[length];
    for (int i = 0; i < length; i++) {
      text[i] = LETTERS[random.nextInt(LETTERS.length)];
    }
    return text;
  }

  private static byte[] document(Random random, int number) {
    return bytes(
        ("{\"id\":%d,\"name\":\"%s\",\"mail\":\"%s@example.org\",\"active\":%b,\"balance\":%d,"
                + "\"address\":{\"street\":\"%s\",\"city\":\"%s\",\"zip\":\"%05d\"},"
                + "\"token\":\"%s\"}")
            .formatted(
                number,
                word(random, 12),
                word(random, 10),
                random.nextBoolean(),
                random.nextInt(1_000_000),
                word(random, 14),
                word(random, 9),
                random.nextInt(100_000),
                word(random, 40)));
  }

  private static void collection(Commands to, byte[] key, int kind, int members, Random random) {
    boolean pairs = kind > 1;
    String name = new String[] {"RPUSH", "SADD", "ZADD", "HSET"}[kind];
    byte[][] words = command(name, key, pairs ? 2 * members : members);
    for (int i = 2; i < words.length; i++) {
      boolean score = kind == 2 && i % 2 == 0;
      words[i] = score ? bytes(Integer.toString(random.nextInt(1 << 20))) : text(random, 14);
    }
    to.command(words);
  }

  private static byte[][] command(String name, byte[] key, int arguments) {
    byte[][] words = new byte[2 + arguments][];
    words[0] = bytes(name);
    words[1] = key;
    return words;
  }

  private static String word(Random random, int length) {
    return new String(text(random, length), java.nio.charset.StandardCharsets.ISO_8859_1);
  }
}
