package io.cachesync.agent.precheck;

import io.cachesync.contract.Fault;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.RedisEndpoint;

/** Says whether an end could be reached and logged in to; every other check needs that. */
final class ReachabilityFindings {
  private ReachabilityFindings() {}

  static PrecheckFinding reached(PrecheckCode code, Server server) {
    return Finding.pass(code)
        .with("address", server.address())
        .with("millis", server.connectMillis())
        .with("product", server.info().product())
        .with("version", server.version())
        .with("user", server.user())
        .done();
  }

  static PrecheckFinding failed(PrecheckCode code, RedisEndpoint endpoint, Fault fault) {
    return Finding.block(code, "")
        .with("address", String.join(", ", endpoint.addresses()))
        .with("fault", fault.message())
        .with("faultCode", fault.code())
        .done();
  }
}
