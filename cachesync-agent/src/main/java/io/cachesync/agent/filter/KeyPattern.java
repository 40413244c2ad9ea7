package io.cachesync.agent.filter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A pattern of keys as Redis reads it (util.c, stringmatchlen), compiled. Does not allocate when it
 * matches.
 */
final class KeyPattern {
  /** Any number of bytes. */
  private static final boolean[] STAR = new boolean[0];

  /** For each place the bytes that it takes, or {@link #STAR}. */
  private final boolean[][] places;

  private KeyPattern(List<boolean[]> places) {
    this.places = places.toArray(boolean[][]::new);
  }

  static KeyPattern of(String text) {
    PatternBytes pattern = PatternBytes.of(text);
    List<boolean[]> places = new ArrayList<>();
    int at = 0;
    while (at < pattern.length()) {
      if (pattern.isSpecial(at, '*')) {
        places.add(STAR);
        at++;
      } else if (pattern.isSpecial(at, '?')) {
        places.add(any());
        at++;
      } else if (pattern.isSpecial(at, '[')) {
        boolean[] place = new boolean[256];
        at = readClass(pattern, at + 1, place);
        places.add(place);
      } else {
        if (pattern.isSpecial(at, '\\') && at + 1 < pattern.length()) {
          at++;
        }
        boolean[] place = new boolean[256];
        place[pattern.bytes()[at++] & 0xff] = true;
        places.add(place);
      }
    }
    return new KeyPattern(places);
  }

  boolean matches(byte[] buffer, int offset, int length) {
    if (length == 0) {
      // The loop there is not entered; only the pattern of all keys is told apart before (KEYS *).
      return places.length == 1 && places[0] == STAR;
    }
    int end = offset + length;
    int at = offset;
    int place = 0;
    int star = -1;
    int retry = 0;
    while (at < end) {
      if (place < places.length && places[place] == STAR) {
        star = place++;
        retry = at;
      } else if (place < places.length && places[place][buffer[at] & 0xff]) {
        place++;
        at++;
      } else if (star >= 0) {
        place = star + 1;
        at = ++retry;
      } else {
        return false;
      }
    }
    while (place < places.length && places[place] == STAR) {
      place++;
    }
    return place == places.length;
  }

  /**
   * Reads what stands between brackets, with the peculiarities of the original: the end of a range
   * may be a bracket, and bytes are compared with their sign.
   *
   * @return behind the closing bracket
   */
  private static int readClass(PatternBytes pattern, int from, boolean[] place) {
    byte[] bytes = pattern.bytes();
    int at = from;
    boolean not = pattern.isSpecial(at, '^');
    if (not) {
      at++;
    }
    while (at < pattern.length() && !pattern.isSpecial(at, ']')) {
      if (pattern.isSpecial(at, '\\') && at + 1 < pattern.length()) {
        place[bytes[at + 1] & 0xff] = true;
        at += 2;
      } else if (pattern.isSpecial(at + 1, '-') && at + 2 < pattern.length()) {
        byte low = (byte) Math.min(bytes[at], bytes[at + 2]);
        byte high = (byte) Math.max(bytes[at], bytes[at + 2]);
        for (int b = low; b <= high; b++) {
          place[b & 0xff] = true;
        }
        at += 3;
      } else {
        place[bytes[at++] & 0xff] = true;
      }
    }
    for (int i = 0; not && i < place.length; i++) {
      place[i] = !place[i];
    }
    return at + 1;
  }

  private static boolean[] any() {
    boolean[] place = new boolean[256];
    Arrays.fill(place, true);
    return place;
  }
}
