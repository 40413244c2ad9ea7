package io.cachesync.scenario;

import static io.cachesync.scenario.Kill.FROZEN;
import static io.cachesync.scenario.Kill.FULL_SYNC;
import static io.cachesync.scenario.Kill.PAUSED;
import static io.cachesync.scenario.Kill.STREAM;

import io.cachesync.testkit.ServerVersion;
import java.util.List;

class KillRedis28IT extends KillScenario {
  KillRedis28IT() {
    super(ServerVersion.V2_8, List.of(FULL_SYNC, PAUSED, FROZEN, STREAM));
  }
}
