package io.cachesync.agent.precheck;

import io.cachesync.agent.redis.RedisException;
import io.cachesync.contract.Fault;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.RedisEndpoint;
import java.util.List;

/**
 * An end that was opened, or why it was not.
 *
 * @param end null where it was not
 * @param fault null where it was
 */
record Opening(End end, Fault fault) {

  static Opening of(RedisEndpoint endpoint, String password) {
    try {
      Server server = Server.open(endpoint, password);
      return new Opening(new SingleEnd(endpoint.topology(), server), null);
    } catch (RedisException e) {
      return new Opening(null, e.fault());
    }
  }

  List<PrecheckFinding> findings(PrecheckCode code, RedisEndpoint endpoint) {
    return List.of(
        end == null
            ? ReachabilityFindings.failed(code, endpoint, fault)
            : ReachabilityFindings.reached(code, end.front()));
  }
}
