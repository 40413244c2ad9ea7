package io.cachesync.web.task;

import io.cachesync.web.testkit.DatabaseServer;
import io.cachesync.web.testkit.Mappers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class TaskPartMapperOnMySqlIT extends TaskPartMapperCases {
  private static DatabaseServer mySql;

  @BeforeAll
  static void start() {
    mySql = DatabaseServer.mySql57();
  }

  @AfterAll
  static void stop() {
    mySql.close();
  }

  @Override
  Mappers open() {
    return Mappers.on(mySql);
  }
}
