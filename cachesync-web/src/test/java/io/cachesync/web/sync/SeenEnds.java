package io.cachesync.web.sync;

import io.cachesync.contract.FaultCode;
import io.cachesync.web.agent.ForegroundAgent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Agents that see servers as the test wants it: all of them, or not. */
final class SeenEnds implements ForegroundAgent {
  /** The machine, and the words of an address that it does not reach. */
  final Map<Long, String> unreached = new HashMap<>();

  final List<Long> asked = new ArrayList<>();

  /** What is seen of each end that is reached. */
  String facts = "{}";

  RuntimeException refusal;

  /** What somebody does while a machine is asked, once. */
  Runnable meanwhile;

  void clear() {
    unreached.clear();
    asked.clear();
    refusal = null;
    meanwhile = null;
    facts = "{}";
  }

  @Override
  public int run(long machineId, String verb, String stdinJson, Consumer<String> lines) {
    asked.add(machineId);
    if (meanwhile != null) {
      Runnable once = meanwhile;
      meanwhile = null;
      once.run();
    }
    if (refusal != null) {
      throw refusal;
    }
    String away = unreached.get(machineId);
    boolean fails = away != null && stdinJson.contains(away);
    lines.accept(
        fails
            ? "{\"fault\":{\"code\":\""
                + FaultCode.CONNECTION_REFUSED
                + "\",\"message\":\"nobody listens\",\"retryable\":true}}"
            : facts);
    return 0;
  }
}
