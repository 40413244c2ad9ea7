package io.cachesync.web.system;

import java.util.Objects;

/**
 * One entry of the left navigation. A feature that has a page contributes it as a bean, so that a
 * menu never leads nowhere.
 *
 * @param order position, ascending: dashboard 10, tasks 20, checks 30, endpoints 50, machines 60,
 *     history and audit 70, users 80, settings 90
 * @param label message key
 * @param icon name in {@code assets/icons.svg}
 * @param role role that a user must have to see it: VIEWER, OPERATOR or ADMIN
 */
public record NavItem(int order, String href, String label, String icon, String role) {
  public NavItem {
    Objects.requireNonNull(href);
    Objects.requireNonNull(label);
    Objects.requireNonNull(icon);
    Objects.requireNonNull(role);
  }

  public static NavItem forViewers(int order, String href, String label, String icon) {
    return new NavItem(order, href, label, icon, "VIEWER");
  }

  public static NavItem forAdmins(int order, String href, String label, String icon) {
    return new NavItem(order, href, label, icon, "ADMIN");
  }
}
