package io.cachesync.agent.redis;

import java.nio.charset.StandardCharsets;

/**
 * For every hash slot a short word that falls in it, to stand between braces in a key's name.
 *
 * <p>The words are the smallest numbers of base 36 that hash there. They are a part of the names of
 * keys at targets, so they never change.
 */
public final class SlotTags {
  private static final int BASE = 36;
  private static final String[] TAGS = tags();

  private SlotTags() {}

  /** The word of a slot, without braces. */
  public static String of(int slot) {
    return TAGS[slot];
  }

  private static String[] tags() {
    String[] tags = new String[HashSlot.COUNT];
    int missing = tags.length;
    for (int number = 0; missing > 0; number++) {
      String word = Integer.toString(number, BASE);
      int slot = HashSlot.of(word.getBytes(StandardCharsets.US_ASCII));
      if (tags[slot] == null) {
        tags[slot] = word;
        missing--;
      }
    }
    return tags;
  }
}
