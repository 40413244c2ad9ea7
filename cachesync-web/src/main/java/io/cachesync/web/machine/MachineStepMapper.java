package io.cachesync.web.machine;

import java.util.List;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;

/** The table machine_step. */
@Mapper
interface MachineStepMapper {
  @Insert(
      """
      insert into machine_step (machine_id, position, work, step, state, message_key, arguments, at)
      values (#{machineId}, #{position}, #{work}, #{step}, #{state}, #{messageKey}, #{arguments},
        #{at})
      """)
  void insert(MachineStep step);

  @Update(
      """
      update machine_step set state = #{state}, message_key = #{messageKey},
        arguments = #{arguments}, at = #{at}
      where machine_id = #{machineId} and position = #{position}
      """)
  int update(MachineStep step);

  @Select(
      """
      select machine_id, position, work, step, state, message_key, arguments, at
      from machine_step where machine_id = #{machineId} order by position
      """)
  List<MachineStep> of(long machineId);

  @Delete("delete from machine_step where machine_id = #{machineId}")
  int delete(long machineId);
}
