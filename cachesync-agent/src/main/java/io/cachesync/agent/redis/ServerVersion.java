package io.cachesync.agent.redis;

/** A server's version in numbers. Milestones of 8.0 call themselves 7.9. */
public record ServerVersion(int major, int minor, int patch) implements Comparable<ServerVersion> {
  /** Reads {@code 7.2.4}; parts that are missing or no number are 0. */
  public static ServerVersion parse(String text) {
    String[] parts = text.split("[.-]", 4);
    return new ServerVersion(part(parts, 0), part(parts, 1), part(parts, 2));
  }

  public boolean atLeast(int otherMajor, int otherMinor) {
    return major > otherMajor || (major == otherMajor && minor >= otherMinor);
  }

  @Override
  public int compareTo(ServerVersion other) {
    int byMajor = Integer.compare(major, other.major);
    int byMinor = byMajor != 0 ? byMajor : Integer.compare(minor, other.minor);
    return byMinor != 0 ? byMinor : Integer.compare(patch, other.patch);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }

  private static int part(String[] parts, int index) {
    if (index >= parts.length) {
      return 0;
    }
    try {
      return Integer.parseInt(parts[index]);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
