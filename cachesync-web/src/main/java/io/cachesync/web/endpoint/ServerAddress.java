package io.cachesync.web.endpoint;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of one server as people type it: {@code host:port}, {@code [IPv6]:port}, or a URI
 * {@code redis[s]://[user[:password]@]host[:port]}.
 *
 * @param hostPort {@code host:port}; an IPv6 host stands in brackets
 * @param user from the URI, or empty
 * @param password from the URI, or empty
 */
public record ServerAddress(String hostPort, boolean tls, String user, String password) {
  static final int DEFAULT_PORT = 6379;
  static final int SENTINEL_PORT = 26_379;
  private static final int MAX_PORT = 65_535;
  private static final Pattern FORM =
      Pattern.compile(
          "(?:(?<scheme>rediss?)://)?(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?"
              + "(?<host>\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(?::(?<port>[0-9]{1,5}))?/?");

  /** Reads an address, or nothing where it is none. */
  public static Optional<ServerAddress> parse(String text) {
    return parse(text, DEFAULT_PORT);
  }

  /** As {@link #parse(String)}, with another port where none is given. */
  static Optional<ServerAddress> parse(String text, int defaultPort) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String portText = matcher.group("port");
    int port = portText == null ? defaultPort : Integer.parseInt(portText);
    boolean uri = matcher.group("scheme") != null;
    if (port < 1 || port > MAX_PORT || (!uri && matcher.group("user") != null)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new ServerAddress(
              matcher.group("host") + ":" + port,
              "rediss".equals(matcher.group("scheme")),
              decoded(matcher.group("user")),
              decoded(matcher.group("password"))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Whether it asks for the same login and TLS, or for none where the other names one. */
  boolean hasLoginOf(ServerAddress other) {
    boolean none = user.isEmpty() && password.isEmpty() && !tls;
    return none || user.equals(other.user) && password.equals(other.password) && tls == other.tls;
  }

  /** Never with the password. */
  @Override
  public String toString() {
    return hostPort;
  }

  private static String decoded(String text) {
    return text == null ? "" : URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
