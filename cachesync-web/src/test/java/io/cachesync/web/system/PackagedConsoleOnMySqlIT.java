package io.cachesync.web.system;

import io.cachesync.web.testkit.DatabaseServer;

class PackagedConsoleOnMySqlIT extends PackagedConsoleScenario {
  PackagedConsoleOnMySqlIT() {
    super(DatabaseServer::mySql57);
  }
}
