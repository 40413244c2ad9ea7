package io.cachesync.scenario;

import static io.cachesync.scenario.Kill.BEHIND;
import static io.cachesync.scenario.Kill.BUSY_TARGET;
import static io.cachesync.scenario.Kill.FROZEN;
import static io.cachesync.scenario.Kill.FULL_SYNC;
import static io.cachesync.scenario.Kill.FULL_SYNC_END;
import static io.cachesync.scenario.Kill.FULL_SYNC_LATE;
import static io.cachesync.scenario.Kill.PAUSED;
import static io.cachesync.scenario.Kill.STREAM;

import io.cachesync.testkit.ServerVersion;
import java.util.List;

class KillRedis70IT extends KillScenario {
  KillRedis70IT() {
    super(
        ServerVersion.V7_0,
        List.of(
            FULL_SYNC,
            FULL_SYNC,
            FULL_SYNC,
            FULL_SYNC_LATE,
            FULL_SYNC_END,
            STREAM,
            PAUSED,
            BEHIND,
            FROZEN,
            BUSY_TARGET,
            STREAM,
            BEHIND,
            PAUSED,
            FROZEN,
            STREAM,
            BUSY_TARGET,
            PAUSED,
            BEHIND,
            FROZEN,
            STREAM));
  }
}
