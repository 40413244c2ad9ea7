package io.cachesync.scenario;

import static io.cachesync.scenario.Kill.BEHIND;
import static io.cachesync.scenario.Kill.FROZEN;
import static io.cachesync.scenario.Kill.FULL_SYNC;
import static io.cachesync.scenario.Kill.PAUSED;

import io.cachesync.testkit.ServerVersion;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

@EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
class KillValkey9IT extends KillScenario {
  KillValkey9IT() {
    super(ServerVersion.VALKEY_9, List.of(FULL_SYNC, BEHIND, FROZEN, PAUSED));
  }
}
