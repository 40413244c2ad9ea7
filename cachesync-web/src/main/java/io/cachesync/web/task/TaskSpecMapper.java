package io.cachesync.web.task;

import java.util.Optional;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;

/** The table task_spec. */
@Mapper
interface TaskSpecMapper {

  @Insert(
      """
      insert into task_spec (task_id, source_endpoint_id, source_label, source_json, source_secret,
        target_endpoint_id, target_label, target_json, target_secret, sync_mode, database_list,
        filter_json, on_exists, machine_id, machine_name, bytes_per_second, commands_per_second,
        lag_bound_millis, restart_limit, start_at, afresh, stay_on_machine,
        more_source_ids, more_sources_json)
      values (#{taskId}, #{sourceEndpointId}, #{sourceLabel}, #{sourceJson}, #{sourceSecret},
        #{targetEndpointId}, #{targetLabel}, #{targetJson}, #{targetSecret}, #{syncMode},
        #{databaseList}, #{filterJson}, #{onExists}, #{machineId}, #{machineName}, #{bytesPerSecond},
        #{commandsPerSecond}, #{lagBoundMillis}, #{restartLimit}, #{startAt}, #{afresh},
        #{stayOnMachine}, #{moreSourceIds}, #{moreSourcesJson})
      """)
  void insert(TaskSpec spec);

  @Select(
      """
      select task_id, source_endpoint_id, source_label, source_json, source_secret,
        target_endpoint_id, target_label, target_json, target_secret, sync_mode, database_list,
        filter_json, on_exists, machine_id, machine_name, bytes_per_second, commands_per_second,
        lag_bound_millis, restart_limit, start_at, afresh, stay_on_machine,
        more_source_ids, more_sources_json
      from task_spec where task_id = #{taskId}
      """)
  Optional<TaskSpec> find(long taskId);

  @Update(
      """
      update task_spec set source_endpoint_id = #{sourceEndpointId},
        source_label = #{sourceLabel}, source_json = #{sourceJson},
        source_secret = #{sourceSecret}, target_endpoint_id = #{targetEndpointId},
        target_label = #{targetLabel}, target_json = #{targetJson},
        target_secret = #{targetSecret}, sync_mode = #{syncMode},
        database_list = #{databaseList}, filter_json = #{filterJson}, on_exists = #{onExists}, machine_id = #{machineId},
        machine_name = #{machineName}, bytes_per_second = #{bytesPerSecond},
        commands_per_second = #{commandsPerSecond}, lag_bound_millis = #{lagBoundMillis},
        restart_limit = #{restartLimit}, start_at = #{startAt}, afresh = #{afresh},
        stay_on_machine = #{stayOnMachine}, more_source_ids = #{moreSourceIds},
        more_sources_json = #{moreSourcesJson}
      where task_id = #{taskId}
      """)
  void update(TaskSpec spec);

  @Update(
      """
      update task_spec set bytes_per_second = #{bytesPerSecond},
        commands_per_second = #{commandsPerSecond}
      where task_id = #{taskId}
      """)
  void limit(long taskId, long bytesPerSecond, long commandsPerSecond);

  @Update(
      """
      update task_spec set source_json = #{json}, source_secret = #{secret}
      where task_id = #{taskId}
      """)
  void sourceLogin(long taskId, String json, String secret);

  @Update(
      """
      update task_spec set target_json = #{json}, target_secret = #{secret}
      where task_id = #{taskId}
      """)
  void targetLogin(long taskId, String json, String secret);

  @Select("select begun from task_spec where task_id = #{taskId}")
  boolean hasBegun(long taskId);

  @Select("select evictions_accepted from task_spec where task_id = #{taskId}")
  boolean evictionsAccepted(long taskId);

  @Update("update task_spec set afresh = true, begun = false where task_id = #{taskId}")
  void beginAfresh(long taskId);

  /** Writes nothing where it stands so already: this is said with every report. */
  @Update(
      """
      update task_spec set afresh = false, begun = true
      where task_id = #{taskId} and (afresh = true or begun = false)
      """)
  void begun(long taskId);

  @Update("update task_spec set evictions_accepted = #{accepted} where task_id = #{taskId}")
  void acceptEvictions(long taskId, boolean accepted);

  @Update(
      """
      update task_spec set machine_id = #{machineId}, machine_name = #{machineName}
      where task_id = #{taskId}
      """)
  void move(long taskId, long machineId, String machineName);
}
