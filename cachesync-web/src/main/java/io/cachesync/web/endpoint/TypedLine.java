package io.cachesync.web.endpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One entry of a field that takes several, with the line it stands in.
 *
 * @param number of the line, from 1; 0 where it is the only entry and has nothing to be told from
 */
record TypedLine(int number, String text) {
  private static final int SHOWN = 80;
  private static final int MAX_PORT = 65_535;

  /** A comma inside a login is a part of it. */
  private static final Pattern SEPARATOR = Pattern.compile("[,，](?![^@/]*@)");

  private static final Pattern PORT = Pattern.compile(".*[^:]:([0-9]{1,18})/?");

  /** The entries of a text: one a line, or separated by commas; empty ones do not count. */
  static List<TypedLine> of(String text) {
    List<TypedLine> found = new ArrayList<>();
    int number = 0;
    for (String line : text.split("\\R", -1)) {
      number++;
      for (String part : SEPARATOR.split(line, -1)) {
        if (!part.isBlank()) {
          found.add(new TypedLine(number, part.strip()));
        }
      }
    }
    return found.size() == 1 ? List.of(new TypedLine(0, found.get(0).text())) : found;
  }

  /** What stands there, to be shown: without a login, and not without end. */
  String shown() {
    String bare = withoutLogin();
    return bare.length() > SHOWN ? bare.substring(0, SHOWN) + "…" : bare;
  }

  /** Where the host was forgotten, what stands in its place is a login. */
  private String withoutLogin() {
    String bare = text.substring(text.lastIndexOf('@') + 1);
    int scheme = bare.indexOf("://");
    int colon = scheme < 0 ? -1 : bare.indexOf(':', scheme + 3);
    boolean login = colon >= 0 && !bare.substring(colon + 1).matches("[0-9]{1,5}(/.*)?");
    return login && bare.charAt(scheme + 3) != '[' ? bare.substring(0, colon + 1) + "…" : bare;
  }

  boolean hasPortOutOfRange() {
    Matcher matcher = PORT.matcher(text);
    if (!matcher.matches() || isBareIpv6()) {
      return false;
    }
    long port = Long.parseLong(matcher.group(1));
    return port < 1 || port > MAX_PORT;
  }

  /** The path of a URI, with which clients are told a database. */
  boolean hasDatabase() {
    return text.matches("rediss?://.*/[0-9]{1,4}/?")
        && ServerAddress.parse(text.replaceFirst("/[0-9]{1,4}/?$", "")).isPresent();
  }

  /** An IPv6 address whose brackets are missing: nobody can tell its port from its last part. */
  boolean isBareIpv6() {
    return text.matches("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
  }
}
