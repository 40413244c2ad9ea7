package io.cachesync.web.agent;

import java.util.function.Consumer;

/** Runs the agent on a machine while somebody waits for its answer. */
public interface ForegroundAgent {

  /**
   * Runs {@code cachesync-agent <verb> --spec -} with a spec on its standard input.
   *
   * @param verb one word, for example {@code precheck}
   * @param stdinJson the spec; stored nowhere
   * @param lines gets each line of standard output (JSON) as it comes, on another thread
   * @return the agent's exit code
   * @throws io.cachesync.web.ssh.SshFault when the machine cannot be reached or the connection
   *     drops
   * @throws AgentFault when no agent is installed there
   */
  int run(long machineId, String verb, String stdinJson, Consumer<String> lines);
}
