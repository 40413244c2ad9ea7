package io.cachesync.web.security;

import java.time.Instant;
import java.util.List;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Options;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;

@Mapper
interface ConsoleUserMapper {
  @Select("select * from console_user where name = #{name}")
  ConsoleUser findByName(String name);

  @Select("select * from console_user where id = #{id}")
  ConsoleUser find(long id);

  @Select("select * from console_user order by name")
  List<ConsoleUser> list();

  @Select("select count(*) from console_user")
  int count();

  @Insert(
      """
      insert ignore into console_user
        (name, password_hash, role, enabled, must_change_password, created_at)
      values
        (#{name}, #{passwordHash}, #{role}, #{enabled}, #{mustChangePassword}, #{createdAt})
      """)
  int insert(ConsoleUser user);

  @Update(
      """
      update console_user
      set password_hash = #{passwordHash}, must_change_password = #{mustChangePassword}
      where name = #{name}
      """)
  int setPassword(String name, String passwordHash, boolean mustChangePassword);

  @Update("update console_user set last_sign_in_at = #{at} where name = #{name}")
  void signedIn(String name, Instant at);

  @Update("update console_user set role = #{role}, enabled = #{enabled} where id = #{id}")
  int setRole(long id, Role role, boolean enabled);

  /**
   * Answers the names of the admins that may sign in, and holds them until the transaction ends.
   */
  @Select("select name from console_user where role = 'ADMIN' and enabled = true for update")
  @Options(flushCache = Options.FlushCachePolicy.TRUE, useCache = false)
  List<String> lockAdmins();
}
