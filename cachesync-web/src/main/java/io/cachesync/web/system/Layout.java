package io.cachesync.web.system;

import java.util.List;

/**
 * What the frame of a page shows.
 *
 * @param theme auto, light or dark
 * @param user name of the one who is signed in, or null
 * @param role ADMIN, OPERATOR, VIEWER or NONE
 */
public record Layout(
    List<NavItem> navigation, String theme, String user, String role, Here here, String version) {
  public Layout {
    navigation = List.copyOf(navigation);
  }

  /** For buttons that only some may press; what they do is checked again in the service. */
  public boolean may(String wanted) {
    return rank(role) >= rank(wanted);
  }

  static int rank(String role) {
    return List.of("VIEWER", "OPERATOR", "ADMIN").indexOf(role);
  }
}
