package io.cachesync.proof;

import java.util.List;
import java.util.SplittableRandom;

/** A few keys of each kind; now and then a command meets one of another kind. */
final class RandomKeys {
  /** Also one with bytes that mean something in RESP, and one outside of ASCII. */
  private static final String[] KINDS = {
    "string",
    "counter\r\n",
    "bits",
    "log",
    "list\u0000",
    "set",
    "zset\u00ff",
    "geo",
    "hash",
    "stream",
    "session"
  };

  /** Every other key of a kind lies in one hash slot with those of other kinds. */
  static final List<String> HALF = List.of("{same}", "");

  private static final int MIXED_EVERY = 25;
  private static final int MANY = 300;

  private final int perKind;
  private final String prefix;
  private final List<String> tags;
  private final SplittableRandom random;

  /**
   * @param prefix what all of them begin with
   * @param tags ends of the keys of each kind, in turn
   */
  RandomKeys(int perKind, String prefix, List<String> tags, SplittableRandom random) {
    this.perKind = perKind;
    this.prefix = prefix;
    this.tags = tags;
    this.random = random;
  }

  String string() {
    return of(0);
  }

  String counter() {
    return of(1);
  }

  String bits() {
    return of(2);
  }

  String log() {
    return of(3);
  }

  String list() {
    return of(4);
  }

  String set() {
    return of(5);
  }

  String sortedSet() {
    return of(6);
  }

  String geo() {
    return of(7);
  }

  String hash() {
    return of(8);
  }

  String stream() {
    return of(9);
  }

  /** Never of another kind. */
  String session() {
    return named(KINDS[10]);
  }

  /**
   * A hash whose fields get times. Never renamed, copied or moved: 7.4.1 crashes some time after
   * (redis/redis#13539), and so does a source.
   */
  String timed() {
    return named("timed");
  }

  /** One of many, which only commands that replace it write. */
  String replaced() {
    int number = random.nextInt(MANY);
    return prefix + "replaced" + number + (tags.contains("") ? "" : tags.get(number % tags.size()));
  }

  String any() {
    return named(KINDS[random.nextInt(KINDS.length)]);
  }

  private String of(int kind) {
    return random.nextInt(MIXED_EVERY) == 0 ? any() : named(KINDS[kind]);
  }

  private String named(String kind) {
    int number = random.nextInt(perKind);
    return prefix + kind + number + tags.get(number % tags.size());
  }
}
