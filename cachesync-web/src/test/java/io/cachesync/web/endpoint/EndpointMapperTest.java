package io.cachesync.web.endpoint;

import io.cachesync.web.testkit.Mappers;

class EndpointMapperTest extends EndpointMapperCases {
  @Override
  Mappers open() {
    return Mappers.onH2();
  }
}
