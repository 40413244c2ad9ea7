package io.cachesync.agent.redis;

/**
 * An address, {@code host:port}; an IPv6 host stands in brackets in text.
 *
 * @param host without brackets
 */
public record HostAndPort(String host, int port) {
  public static final int DEFAULT_PORT = 6379;

  public HostAndPort {
    if (host == null || host.isBlank()) {
      throw new IllegalArgumentException("an address needs a host");
    }
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("no port: " + port);
    }
  }

  /**
   * Reads {@code host}, {@code host:port}, {@code [v6]} or {@code [v6]:port}; a bare IPv6 address
   * has no port.
   *
   * @throws IllegalArgumentException where it is none of these
   */
  public static HostAndPort parse(String text) {
    String trimmed = text == null ? "" : text.trim();
    if (trimmed.startsWith("[")) {
      int end = trimmed.indexOf(']');
      if (end < 0) {
        throw new IllegalArgumentException("no closing bracket in " + trimmed);
      }
      String rest = trimmed.substring(end + 1);
      if (!rest.isEmpty() && !rest.startsWith(":")) {
        throw new IllegalArgumentException("expected [host]:port, got " + trimmed);
      }
      return new HostAndPort(trimmed.substring(1, end), port(rest));
    }
    int colon = trimmed.indexOf(':');
    if (colon >= 0 && trimmed.indexOf(':', colon + 1) >= 0) {
      return new HostAndPort(trimmed, DEFAULT_PORT);
    }
    return colon < 0
        ? new HostAndPort(trimmed, DEFAULT_PORT)
        : new HostAndPort(trimmed.substring(0, colon), port(trimmed.substring(colon)));
  }

  private static int port(String colonAndPort) {
    if (colonAndPort.isEmpty()) {
      return DEFAULT_PORT;
    }
    try {
      return Integer.parseInt(colonAndPort, 1, colonAndPort.length(), 10);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("no port: " + colonAndPort.substring(1));
    }
  }

  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
