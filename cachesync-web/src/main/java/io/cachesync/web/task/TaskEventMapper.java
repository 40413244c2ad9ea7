package io.cachesync.web.task;

import java.util.List;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;

/** The table task_event. */
@Mapper
interface TaskEventMapper {

  @Insert(
      """
      insert into task_event (task_id, happened_at, what, from_state, to_state, who, why)
      values (#{taskId}, #{happenedAt}, #{what}, #{fromState}, #{toState}, #{who}, #{why})
      """)
  void insert(TaskEvent event);

  @Select(
      """
      select id, task_id, happened_at, what, from_state, to_state, who, why
      from task_event where task_id = #{taskId} order by id desc limit #{limit}
      """)
  List<TaskEvent> newest(long taskId, int limit);

  /** Makes it one of another task, whose part it has happened to. */
  @Update("update task_event set task_id = #{taskId}, who = left(#{who}, 100) where id = #{id}")
  void giveTo(TaskEvent event);
}
