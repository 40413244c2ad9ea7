package io.cachesync.web.system;

import io.cachesync.web.testkit.DatabaseServer;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

@EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
class PackagedConsoleOnMySql80IT extends PackagedConsoleScenario {
  PackagedConsoleOnMySql80IT() {
    super(DatabaseServer::mySql80);
  }
}
