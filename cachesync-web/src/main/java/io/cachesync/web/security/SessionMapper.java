package io.cachesync.web.security;

import java.util.Collection;
import java.util.Set;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;

/** The table that Spring Session keeps; its attributes go with their session. */
@Mapper
interface SessionMapper {
  @Delete(
      """
      delete from SPRING_SESSION
      where PRINCIPAL_NAME = #{user} and SESSION_ID <> #{except}
      """)
  void deleteOthers(String user, String except);

  @Select(
      """
      <script>
      select SESSION_ID from SPRING_SESSION where EXPIRY_TIME &gt; #{now} and SESSION_ID in
      <foreach item="id" collection="ids" open="(" separator="," close=")">#{id}</foreach>
      </script>
      """)
  Set<String> alive(Collection<String> ids, long now);
}
