package io.cachesync.web.check;

import io.cachesync.web.testkit.Mappers;

class CheckMapperTest extends CheckMapperCases {
  @Override
  Mappers open() {
    return Mappers.onH2();
  }
}
