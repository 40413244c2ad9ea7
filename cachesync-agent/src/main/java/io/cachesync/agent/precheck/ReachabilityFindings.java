package io.cachesync.agent.precheck;

import io.cachesync.contract.Fault;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.RedisEndpoint;
import java.util.ArrayList;
import java.util.List;

/** Says whether an end could be reached and logged in to; every other check needs that. */
final class ReachabilityFindings {
  private ReachabilityFindings() {}

  static List<PrecheckFinding> of(PrecheckCode code, Opening opening, RedisEndpoint endpoint) {
    if (opening.end() == null) {
      return List.of(failed(code, endpoint, opening.fault()));
    }
    List<PrecheckFinding> away = new ArrayList<>();
    for (PeerNode peer : opening.end().away()) {
      away.add(
          (peer.hasSlots() ? Finding.block(code, "master") : Finding.warning(code, "node"))
              .with("address", peer.node().address())
              .with("announced", peer.node().announced())
              .with("fault", peer.fault().message())
              .with("faultCode", peer.fault().code())
              .done());
    }
    if (away.isEmpty()) {
      away.add(reached(code, opening.end()));
    }
    Server front = opening.end().front();
    if (front.passwordUnneeded()) {
      away.add(Finding.warning(code, "password").with("address", front.address()).done());
    }
    return away;
  }

  private static PrecheckFinding reached(PrecheckCode code, End end) {
    Server front = end.front();
    int nodes = end.nodes().size();
    return Finding.pass(code)
        .variant(nodes == 1 ? "" : "nodes")
        .with("address", front.address())
        .with("millis", front.connectMillis())
        .with("product", front.info().product())
        .with("version", front.version())
        .with("user", front.user())
        .with("nodes", nodes)
        .done();
  }

  private static PrecheckFinding failed(PrecheckCode code, RedisEndpoint endpoint, Fault fault) {
    return Finding.block(code, "")
        .with("address", String.join(", ", endpoint.addresses()))
        .with("fault", fault.message())
        .with("faultCode", fault.code())
        .done();
  }
}
