package io.cachesync.agent.writer;

import io.cachesync.agent.entry.StreamCommand;

/**
 * Commands that do one thing at the source and another at the target, without an error of either:
 * what they write is fetched. Found by running the same commands on 2.8 to 8.6 and Valkey 8 to 9.1,
 * where what was missing, of another type or empty is the rule.
 */
final class ChangedMeaning {
  /** MOVE takes the time to live along from 3.0.5 on, SORT BY nosort DESC is in order after 2.8. */
  private static final int MOVES_TIMES = 302;

  /** 6.2.6 (redis/redis#9271): nothing found in a key that is not there removes the destination. */
  private static final int REMOVES_DESTINATION = 700;

  private static final int MAY_REMOVE_DESTINATION = 602;

  private final TargetFeatures target;

  ChangedMeaning(TargetFeatures target) {
    this.target = target;
  }

  void addTo(StreamRewrite.Registry registry) {
    if (target.parts(MOVES_TIMES)) {
      leaveOut(registry, "MOVE");
      leaveOut(registry, "SORT");
    }
    int source = target.sourceLevel();
    if (!target.atLeast(REMOVES_DESTINATION) && (source == 0 || source >= MAY_REMOVE_DESTINATION)) {
      leaveOut(registry, "GEORADIUS");
      leaveOut(registry, "GEORADIUSBYMEMBER");
      leaveOut(registry, "GEOSEARCHSTORE");
      leaveOut(registry, "ZRANGESTORE");
    }
  }

  private void leaveOut(StreamRewrite.Registry registry, String name) {
    registry.put(
        name,
        (in, out) -> {
          throw differs(in, name);
        });
  }

  private OlderTarget differs(StreamCommand in, String name) {
    return StreamRewrite.noWords(
        in, "the target (%s) does something else for %s".formatted(target.version(), name));
  }
}
