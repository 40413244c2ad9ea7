package io.cachesync.web.endpoint;

import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;

/** Where a stored login goes, which must not be to somebody else without being typed again. */
public final class LoginPlace {
  private LoginPlace() {}

  /**
   * Whether a login that was given for the first goes to nobody else with the second. What an
   * address is found to be makes no difference; sentinels are asked for another master only by who
   * knows that master's password.
   */
  public static boolean same(RedisEndpoint before, RedisEndpoint now) {
    return now.user().equals(before.user()) && sameServers(before, now);
  }

  /** As above for what servers are shown whoever logs in there, as a certificate. */
  static boolean sameServers(RedisEndpoint before, RedisEndpoint now) {
    boolean sameMaster =
        before.topology() != Topology.SENTINEL
            || now.topology() == Topology.SENTINEL && now.masterName().equals(before.masterName());
    return sameMaster
        && now.equals(
            new RedisEndpoint(
                now.topology(),
                before.addresses(),
                now.user(),
                before.tls(),
                before.addressMap(),
                now.masterName(),
                now.sentinelUser()));
  }

  /** As above for a login of the sentinels themselves, whichever master they are asked for. */
  public static boolean sameSentinels(RedisEndpoint before, RedisEndpoint now) {
    return before.topology() == Topology.SENTINEL
        && before.equals(
            new RedisEndpoint(
                now.topology(),
                now.addresses(),
                before.user(),
                now.tls(),
                now.addressMap(),
                before.masterName(),
                now.sentinelUser()));
  }
}
