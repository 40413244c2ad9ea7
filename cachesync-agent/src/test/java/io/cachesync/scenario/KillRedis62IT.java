package io.cachesync.scenario;

import static io.cachesync.scenario.Kill.BEHIND;
import static io.cachesync.scenario.Kill.BUSY_TARGET;
import static io.cachesync.scenario.Kill.FROZEN;
import static io.cachesync.scenario.Kill.FULL_SYNC_END;

import io.cachesync.testkit.ServerVersion;
import java.util.List;

class KillRedis62IT extends KillScenario {
  KillRedis62IT() {
    super(ServerVersion.V6_2, List.of(FULL_SYNC_END, BEHIND, BUSY_TARGET, FROZEN));
  }
}
