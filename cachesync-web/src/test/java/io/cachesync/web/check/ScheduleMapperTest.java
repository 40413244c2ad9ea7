package io.cachesync.web.check;

import io.cachesync.web.testkit.Mappers;

class ScheduleMapperTest extends ScheduleMapperCases {
  @Override
  Mappers open() {
    return Mappers.onH2();
  }
}
