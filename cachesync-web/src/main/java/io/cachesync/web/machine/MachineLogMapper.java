package io.cachesync.web.machine;

import java.util.List;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;

/** The table machine_log. */
@Mapper
interface MachineLogMapper {
  @Insert(
      """
      insert into machine_log (machine_id, at, level, message_key, arguments)
      values (#{machineId}, #{at}, #{level}, #{messageKey}, #{arguments})
      """)
  void insert(MachineLogLine line);

  @Select(
      """
      select id, machine_id, at, level, message_key, arguments
      from machine_log where machine_id = #{machineId} order by id desc limit #{limit}
      """)
  List<MachineLogLine> newest(long machineId, int limit);

  @Delete("delete from machine_log where machine_id = #{machineId}")
  int delete(long machineId);
}
