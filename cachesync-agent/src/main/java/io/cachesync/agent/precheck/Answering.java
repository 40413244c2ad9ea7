package io.cachesync.agent.precheck;

import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.ProbeSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands at an address that could not be used as it was given: whoever typed it wants to know
 * what it is instead.
 *
 * @param mode as INFO says it; empty where nothing is known
 * @param watchedMasters of a sentinel
 */
record Answering(String mode, String product, String version, List<String> watchedMasters) {
  static final String SENTINEL = "sentinel";
  static final Answering NOTHING = new Answering("", "", "", List.of());

  /** Somebody waits: of many addresses these tell as much as all. */
  private static final int ASKED = 3;

  /** Asks again, as one server, where the fault may come from a wrong guess at what it is. */
  static Answering at(ProbeSpec spec, Fault fault) {
    boolean sentinel = spec.endpoint().topology() == Topology.SENTINEL;
    boolean refused = fault.code() == FaultCode.AUTH_FAILED;
    boolean other =
        sentinel
            && (fault.code() == FaultCode.NOT_STANDALONE
                || fault.code() == FaultCode.ADDRESS_UNKNOWN);
    if (!refused && !other) {
      return NOTHING;
    }
    for (String address : spec.endpoint().addresses().stream().limit(ASKED).toList()) {
      Answering found = ask(spec, address, refused);
      // Without its login a server tells nothing of itself, a sentinel often all.
      if (!found.mode.isEmpty() && (!refused || found.mode.equals(SENTINEL))) {
        return found;
      }
    }
    return NOTHING;
  }

  static Answering of(Server server) throws RedisException {
    return new Answering(
        server.mode(),
        server.info().product(),
        server.version().toString(),
        server.mode().equals(SENTINEL) ? watched(server) : List.of());
  }

  private static Answering ask(ProbeSpec spec, String address, boolean withoutLogin) {
    RedisEndpoint given = spec.endpoint();
    RedisEndpoint server =
        new RedisEndpoint(
            Topology.STANDALONE, List.of(address), withoutLogin ? "" : given.user(), given.tls());
    Opening opening = Opening.of(server, withoutLogin ? EndpointSecrets.of("") : spec.secrets());
    if (opening.end() == null) {
      return NOTHING;
    }
    try (End end = opening.end()) {
      return of(end.front());
    } catch (RedisException e) {
      return NOTHING;
    }
  }

  private static List<String> watched(Server sentinel) throws RedisException {
    List<String> names = new ArrayList<>();
    for (RespValue master : sentinel.call("SENTINEL", "MASTERS").elements()) {
      List<RespValue> fields = master.elements();
      for (int i = 0; i + 1 < fields.size(); i += 2) {
        if (fields.get(i).text().equals("name")) {
          names.add(fields.get(i + 1).text());
        }
      }
    }
    return names.stream().sorted().toList();
  }
}
