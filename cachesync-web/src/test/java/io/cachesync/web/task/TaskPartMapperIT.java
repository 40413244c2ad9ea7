package io.cachesync.web.task;

import io.cachesync.web.testkit.DatabaseServer;
import io.cachesync.web.testkit.Mappers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class TaskPartMapperIT extends TaskPartMapperCases {
  private static DatabaseServer mariaDb;

  @BeforeAll
  static void start() {
    mariaDb = DatabaseServer.mariaDb();
  }

  @AfterAll
  static void stop() {
    mariaDb.close();
  }

  @Override
  Mappers open() {
    return Mappers.on(mariaDb);
  }
}
