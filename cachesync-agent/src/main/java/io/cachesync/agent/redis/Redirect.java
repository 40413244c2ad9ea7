package io.cachesync.agent.redis;

/**
 * What a cluster node answers for a key that is not its own.
 *
 * <pre>
 * MOVED 3999 127.0.0.1:6381    the slot is another node's
 * ASK 3999 127.0.0.1:6381      the slot is being moved, and the key is not here (any more)
 * MOVED 3999 :6381             the host that was asked (7.0 and later, unknown-endpoint)
 * </pre>
 *
 * @param lasting whether the slot is the other node's from now on (MOVED)
 */
public record Redirect(boolean lasting, int slot, HostAndPort to) {

  /** Whether a reply that begins with this word is a redirection. */
  public static boolean isOne(String errorPrefix) {
    return errorPrefix.equals("MOVED") || errorPrefix.equals("ASK");
  }

  /**
   * @param error the reply's text without the leading minus
   * @param asked who answered
   * @throws IllegalArgumentException where the text is none
   */
  public static Redirect parse(String error, HostAndPort asked) {
    String[] words = error.trim().split(" ", -1);
    if (words.length < 3 || !isOne(words[0])) {
      throw notOne(error);
    }
    int colon = words[2].lastIndexOf(':');
    if (colon < 0) {
      throw notOne(error);
    }
    try {
      int slot = Integer.parseInt(words[1]);
      int port = Integer.parseInt(words[2], colon + 1, words[2].length(), 10);
      String host = words[2].substring(0, colon);
      boolean unknown = host.isEmpty() || host.equals("?");
      return new Redirect(
          words[0].equals("MOVED"), slot, new HostAndPort(unknown ? asked.host() : host, port));
    } catch (NumberFormatException e) {
      throw notOne(error);
    }
  }

  private static IllegalArgumentException notOne(String error) {
    return new IllegalArgumentException("not a redirection: " + error);
  }
}
