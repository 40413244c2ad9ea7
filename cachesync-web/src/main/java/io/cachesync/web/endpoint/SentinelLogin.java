package io.cachesync.web.endpoint;

import io.cachesync.contract.Topology;
import io.cachesync.web.system.Refusal;

/** The login of sentinels that have one of their own; without one they are given the master's. */
public final class SentinelLogin {
  /** Refusals name the field that they are of by these. */
  public static final String USER = "sentinelUser";

  public static final String PASSWORD = "sentinelPassword";

  private SentinelLogin() {}

  /**
   * Refuses a login of sentinels where there are none.
   *
   * @param password as typed, empty for none
   */
  public static void check(Topology topology, String user, String password) {
    if (topology != Topology.SENTINEL && !(user.isEmpty() && password.isEmpty())) {
      throw Refusal.invalid(
          user.isEmpty() ? PASSWORD : USER, "endpoint.invalid.sentinelLoginOfOther");
    }
  }

  /**
   * Refuses a user without a password, who would log in nowhere.
   *
   * @param hasPassword typed now, or stored
   */
  public static void checkComplete(String user, boolean hasPassword) {
    if (!user.isEmpty() && !hasPassword) {
      throw Refusal.invalid(PASSWORD, "endpoint.invalid.sentinelUserAlone");
    }
  }
}
