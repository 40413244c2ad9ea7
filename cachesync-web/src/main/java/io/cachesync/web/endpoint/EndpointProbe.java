package io.cachesync.web.endpoint;

import io.cachesync.contract.EndpointFacts;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.ProbeSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.web.agent.AgentFault;
import io.cachesync.web.agent.ContractJson;
import io.cachesync.web.agent.ForegroundAgent;
import io.cachesync.web.security.RequiresOperator;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.system.Refusal;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.stereotype.Service;

/** Asks an endpoint what it is, from a machine, while somebody waits. */
@Service
public class EndpointProbe {
  private final ForegroundAgent agent;

  EndpointProbe(ForegroundAgent agent) {
    this.agent = agent;
  }

  /**
   * What the machine's agent sees; where the endpoint cannot be reached the facts hold the fault.
   *
   * @throws Refusal where the machine itself cannot be asked
   */
  @RequiresOperator
  public EndpointFacts look(long machineId, RedisEndpoint endpoint, EndpointSecrets secrets) {
    try {
      return ask(machineId, endpoint, secrets);
    } catch (SshFault fault) {
      throw Refusal.conflict(fault.messageKey(), fault.arguments().toArray());
    } catch (AgentFault fault) {
      throw Refusal.conflict(fault.messageKey(), fault.getMessage());
    }
  }

  /**
   * As {@link #look}, for whoever tells the failures apart.
   *
   * @throws SshFault where the machine fails this
   * @throws AgentFault where it has not this console's agent
   * @throws Refusal where the agent's answer makes no sense
   */
  public EndpointFacts ask(long machineId, RedisEndpoint endpoint, EndpointSecrets secrets) {
    List<String> lines = new CopyOnWriteArrayList<>();
    String spec = ContractJson.write(new ProbeSpec(endpoint, secrets));
    agent.run(machineId, "probe", spec, lines::add);
    return lines.stream()
        .filter(line -> line.startsWith("{"))
        .findFirst()
        .map(line -> ContractJson.read(line, EndpointFacts.class))
        .orElseThrow(() -> Refusal.conflict("endpoint.refused.noAnswer"));
  }
}
