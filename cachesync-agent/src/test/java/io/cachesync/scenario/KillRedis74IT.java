package io.cachesync.scenario;

import static io.cachesync.scenario.Kill.BEHIND;
import static io.cachesync.scenario.Kill.FROZEN;
import static io.cachesync.scenario.Kill.FULL_SYNC;
import static io.cachesync.scenario.Kill.STREAM;

import io.cachesync.testkit.ServerVersion;
import java.util.List;

class KillRedis74IT extends KillScenario {
  KillRedis74IT() {
    super(ServerVersion.V7_4, List.of(FULL_SYNC, BEHIND, FROZEN, STREAM));
  }
}
