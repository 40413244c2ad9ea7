package io.cachesync.web.system;

import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;

@Mapper
interface SettingMapper {
  @Select("select text from setting where name = #{name}")
  String find(String name);

  @Insert(
      """
      insert into setting (name, text) values (#{name}, #{text})
      on duplicate key update text = values(text)
      """)
  void put(String name, String text);

  @Insert("insert ignore into setting (name, text) values (#{name}, #{text})")
  int putIfAbsent(String name, String text);
}
