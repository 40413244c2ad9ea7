package io.cachesync.web.audit;

import java.util.List;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;

@Mapper
interface AuditMapper {
  String WHERE =
      """
      <where>
        <if test="filter.actor != null">and actor = #{filter.actor}</if>
        <if test="filter.action != null">and action = #{filter.action}</if>
        <if test="filter.fromAt() != null">and at &gt;= #{from}</if>
        <if test="filter.toAt() != null">and at &lt; #{to}</if>
        <if test="filter.text != null">
          and (lower(subject) like lower(#{pattern}) escape '!'
            or lower(detail) like lower(#{pattern}) escape '!')
        </if>
      </where>
      """;
  String BIND =
      """
      <bind name="from" value="filter.fromAt()"/>
      <bind name="to" value="filter.toAt()"/>
      <bind name="pattern" value="filter.pattern()"/>
      """;

  @Insert(
      """
      insert into audit_event (at, actor, address, action, subject, detail)
      values (#{at}, #{actor}, #{address}, #{action}, #{subject}, #{detail})
      """)
  void insert(AuditEvent event);

  @Select("<script>" + BIND + "select count(*) from audit_event " + WHERE + "</script>")
  long count(@Param("filter") AuditFilter filter);

  @Select(
      "<script>"
          + BIND
          + "select * from audit_event "
          + WHERE
          + " order by ${orderBy}, id desc limit #{limit} offset #{offset}</script>")
  List<AuditEvent> list(
      @Param("filter") AuditFilter filter,
      @Param("orderBy") String orderBy,
      @Param("limit") int limit,
      @Param("offset") int offset);

  @Select("select distinct actor from audit_event order by actor")
  List<String> actors();

  @Select("select distinct action from audit_event order by action")
  List<String> actions();
}
