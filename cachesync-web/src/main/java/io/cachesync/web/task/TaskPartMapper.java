package io.cachesync.web.task;

import java.util.List;
import java.util.Optional;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;

/** The table task_part. */
@Mapper
interface TaskPartMapper {
  @Insert(
      """
      insert into task_part (part_id, whole_id, part_number, slots)
      values (#{partId}, #{wholeId}, #{partNumber}, #{slots})
      """)
  void insert(TaskPart part);

  @Select("select part_id, whole_id, part_number, slots from task_part where part_id = #{partId}")
  Optional<TaskPart> find(long partId);

  @Select(
      """
      select part_id, whole_id, part_number, slots from task_part where whole_id = #{wholeId}
      order by part_number
      """)
  List<TaskPart> ofWhole(long wholeId);
}
