package io.cachesync.web.security;

import java.time.Instant;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;

@Mapper
interface SignInFailureMapper {
  @Select("select * from sign_in_failure where name = #{name} and address = #{address}")
  SignInFailure find(String name, String address);

  @Insert(
      """
      insert into sign_in_failure (name, address, failures, last_at)
      values (#{name}, #{address}, 1, #{at})
      on duplicate key update failures = failures + 1, last_at = values(last_at)
      """)
  void failed(String name, String address, Instant at);

  @Delete("delete from sign_in_failure where name = #{name} and address = #{address}")
  void forget(String name, String address);

  @Delete("delete from sign_in_failure where last_at < #{before}")
  void forgetBefore(Instant before);
}
