package io.cachesync.web.task;

import java.util.List;
import java.util.Optional;
import java.util.Set;
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

  /** The names of the machines of a task's parts, in their order. */
  @Select(
      """
      select s.machine_name from task_part p join task_spec s on s.task_id = p.part_id
      where p.whole_id = #{wholeId} order by p.part_number
      """)
  List<String> machinesOfParts(long wholeId);

  /** Ids of all tasks that are parts of others. */
  @Select("select part_id from task_part")
  Set<Long> ids();

  @Select(
      """
      select part_id, whole_id, part_number, slots from task_part where whole_id = #{wholeId}
      order by part_number
      """)
  List<TaskPart> ofWhole(long wholeId);
}
