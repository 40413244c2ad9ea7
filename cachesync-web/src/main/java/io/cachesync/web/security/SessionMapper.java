package io.cachesync.web.security;

import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Mapper;

/** The table that Spring Session keeps; its attributes go with their session. */
@Mapper
interface SessionMapper {
  @Delete(
      """
      delete from SPRING_SESSION
      where PRINCIPAL_NAME = #{user} and SESSION_ID <> #{except}
      """)
  void deleteOthers(String user, String except);
}
