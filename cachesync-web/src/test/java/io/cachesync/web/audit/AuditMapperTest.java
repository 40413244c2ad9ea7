package io.cachesync.web.audit;

import io.cachesync.web.testkit.Mappers;

class AuditMapperTest extends AuditMapperCases {
  @Override
  Mappers open() {
    return Mappers.onH2();
  }
}
