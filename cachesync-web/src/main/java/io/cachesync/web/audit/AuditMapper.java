package io.cachesync.web.audit;

import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;

@Mapper
interface AuditMapper {
  @Insert(
      """
      insert into audit_event (at, actor, address, action, subject, detail)
      values (#{at}, #{actor}, #{address}, #{action}, #{subject}, #{detail})
      """)
  void insert(AuditEvent event);
}
