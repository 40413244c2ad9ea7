package io.cachesync.agent.sample;

import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the server that takes sample data can hold.
 *
 * @param version major times 100 plus minor, of the Redis it is compatible with
 * @param databases number of databases
 * @param cluster whether the keys of a command must lie in one hash slot
 */
public record SampleServer(int version, int databases, boolean cluster) {
  /** The databases that hold sample data. */
  SortedSet<Integer> usedDatabases() {
    SortedSet<Integer> used = new TreeSet<>();
    for (int n = 0; n < 20; n++) {
      used.add(database(n));
    }
    return used;
  }

  /** Where key number {@code n} of every kind lives; most in database 0. */
  int database(long n) {
    return switch ((int) (n % 20)) {
      case 7 -> Math.min(1, databases - 1);
      case 13 -> Math.min(9, databases - 1);
      default -> 0;
    };
  }
}
