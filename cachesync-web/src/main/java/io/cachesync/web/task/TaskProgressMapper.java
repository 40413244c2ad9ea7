package io.cachesync.web.task;

import java.util.Optional;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;

/** The table task_progress. */
@Mapper
interface TaskProgressMapper {

  @Insert(
      """
      insert into task_progress (task_id, updated_at, phase, percent, keys_applied,
        bytes_per_second, commands_per_second, lag_bytes, lag_millis, in_sync, left_millis,
        dead_letters)
      values (#{taskId}, #{updatedAt}, #{phase}, #{percent}, #{keysApplied}, #{bytesPerSecond},
        #{commandsPerSecond}, #{lagBytes}, #{lagMillis}, #{inSync}, #{leftMillis},
        #{deadLetters})
      on duplicate key update updated_at = values(updated_at), phase = values(phase),
        percent = values(percent), keys_applied = values(keys_applied),
        bytes_per_second = values(bytes_per_second),
        commands_per_second = values(commands_per_second), lag_bytes = values(lag_bytes),
        lag_millis = values(lag_millis), in_sync = values(in_sync),
        left_millis = values(left_millis), dead_letters = values(dead_letters)
      """)
  void put(TaskProgress progress);

  @Select(
      """
      select task_id, updated_at, phase, percent, keys_applied, bytes_per_second,
        commands_per_second, lag_bytes, lag_millis, in_sync, left_millis, dead_letters
      from task_progress where task_id = #{taskId}
      """)
  Optional<TaskProgress> find(long taskId);
}
