package io.cachesync.web.security;

import java.time.Instant;
import java.util.List;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;

@Mapper
interface ApiTokenMapper {
  @Select("select * from api_token order by name, id")
  List<ApiToken> list();

  @Select("select * from api_token where id = #{id}")
  ApiToken find(long id);

  @Select("select * from api_token where token_hash = #{hash}")
  ApiToken findByHash(String hash);

  @Insert(
      """
      insert into api_token (name, token_hash, role, created_by, created_at, expires_at)
      values (#{name}, #{tokenHash}, #{role}, #{createdBy}, #{createdAt}, #{expiresAt})
      """)
  void insert(ApiToken token);

  @Update(
      """
      update api_token set last_used_at = #{at}
      where id = #{id} and (last_used_at is null or last_used_at < #{before})
      """)
  void used(long id, Instant at, Instant before);

  @Delete("delete from api_token where id = #{id}")
  int delete(long id);
}
