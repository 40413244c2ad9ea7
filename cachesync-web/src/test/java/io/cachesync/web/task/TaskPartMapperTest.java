package io.cachesync.web.task;

import io.cachesync.web.testkit.Mappers;

class TaskPartMapperTest extends TaskPartMapperCases {
  @Override
  Mappers open() {
    return Mappers.onH2();
  }
}
