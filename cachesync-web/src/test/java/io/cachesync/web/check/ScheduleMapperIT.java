package io.cachesync.web.check;

import io.cachesync.web.testkit.DatabaseServer;
import io.cachesync.web.testkit.Mappers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ScheduleMapperIT extends ScheduleMapperCases {
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
