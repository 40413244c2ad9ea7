package io.cachesync.web.security;

import io.cachesync.web.testkit.Mappers;

class SecurityMappersTest extends SecurityMappersCases {
  @Override
  Mappers open() {
    return Mappers.onH2();
  }
}
