package io.cachesync.contract;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Which known word was likely meant by one that is not known. */
public final class Likeness {
  /** A share of the longer word: with more wrong it is another word. */
  private static final double MOST_WRONG = 0.4;

  /** A shorter word is soon another one. */
  private static final int LEAST_LETTERS = 5;

  private Likeness() {}

  /** The known word that is most like it; empty where none is. */
  public static Optional<String> nearest(String word, Collection<String> known) {
    return known.stream()
        .filter(name -> distance(word, name) <= MOST_WRONG * Math.max(word.length(), name.length()))
        .min(Comparator.comparingInt(name -> distance(word, name)));
  }

  /**
   * Whether one letter of the known word is missing in the other, wrong or in its neighbour's
   * place.
   */
  static boolean isSlip(String word, String known) {
    return known.length() >= LEAST_LETTERS
        && word.length() <= known.length()
        && distance(word, known) == 1;
  }

  /** Letters to add, take away, change or swap to make the one of the other (Damerau). */
  private static int distance(String one, String other) {
    int[] twice = null;
    int[] before = new int[other.length() + 1];
    for (int j = 0; j < before.length; j++) {
      before[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int[] now = new int[before.length];
      now[0] = i;
      for (int j = 1; j < now.length; j++) {
        char letter = one.charAt(i - 1);
        int changed = before[j - 1] + (letter == other.charAt(j - 1) ? 0 : 1);
        now[j] = Math.min(changed, 1 + Math.min(before[j], now[j - 1]));
        boolean swapped =
            i > 1
                && j > 1
                && letter == other.charAt(j - 2)
                && one.charAt(i - 2) == other.charAt(j - 1);
        if (swapped) {
          now[j] = Math.min(now[j], twice[j - 2] + 1);
        }
      }
      twice = before;
      before = now;
    }
    return before[other.length()];
  }
}
