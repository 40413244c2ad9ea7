package io.cachesync.web.task;

import java.util.List;
import java.util.Optional;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;

/** The table task_spec. */
@Mapper
interface TaskSpecMapper {

  @Insert(
      """
      insert into task_spec (task_id, source_endpoint_id, source_label, source_json, source_secret,
        source_sentinel_secret, target_endpoint_id, target_label, target_json, target_secret,
        target_sentinel_secret, more_source_ids, more_sources_json, more_source_secrets,
        machine_id, machine_name, sync_mode, database_list, filter_json, on_exists, on_unsupported, bytes_per_second,
        commands_per_second, lag_bound_millis, restart_limit, start_at, stay_on_machine,
        parallel_full_syncs, afresh)
      values (#{taskId}, #{source.endpointId}, #{source.label}, #{source.json}, #{source.secret},
        #{source.sentinelSecret}, #{target.endpointId}, #{target.label}, #{target.json},
        #{target.secret}, #{target.sentinelSecret}, #{moreSourceIds}, #{moreSourcesJson},
        #{moreSourceSecrets}, #{machineId}, #{machineName}, #{what.syncMode}, #{what.databaseList}, #{what.filterJson},
        #{what.onExists}, #{what.onUnsupported}, #{how.bytesPerSecond}, #{how.commandsPerSecond},
        #{how.lagBoundMillis}, #{how.restartLimit}, #{how.startAt}, #{how.stayOnMachine},
        #{how.parallelFullSyncs}, #{afresh})
      """)
  void insert(TaskSpec spec);

  default Optional<TaskSpec> find(long taskId) {
    return row(taskId).map(TaskSpecRow::spec);
  }

  @Select(
      """
      select task_id, source_endpoint_id, source_label, source_json, source_secret,
        source_sentinel_secret, target_endpoint_id, target_label, target_json, target_secret,
        target_sentinel_secret, more_source_ids, more_sources_json, more_source_secrets,
        machine_id, machine_name, sync_mode, database_list, filter_json, on_exists, on_unsupported, bytes_per_second,
        commands_per_second, lag_bound_millis, restart_limit, start_at, stay_on_machine,
        parallel_full_syncs, afresh,
        (select p.whole_id from task_part p where p.part_id = task_id) as whole_id
      from task_spec where task_id = #{taskId}
      """)
  Optional<TaskSpecRow> row(long taskId);

  @Update(
      """
      update task_spec set source_endpoint_id = #{source.endpointId},
        source_label = #{source.label}, source_json = #{source.json},
        source_secret = #{source.secret}, source_sentinel_secret = #{source.sentinelSecret},
        target_endpoint_id = #{target.endpointId}, target_label = #{target.label},
        target_json = #{target.json}, target_secret = #{target.secret},
        target_sentinel_secret = #{target.sentinelSecret}, more_source_ids = #{moreSourceIds},
        more_sources_json = #{moreSourcesJson}, more_source_secrets = #{moreSourceSecrets},
        machine_id = #{machineId}, machine_name = #{machineName}, sync_mode = #{what.syncMode},
        database_list = #{what.databaseList}, filter_json = #{what.filterJson},
        on_exists = #{what.onExists}, on_unsupported = #{what.onUnsupported},
        bytes_per_second = #{how.bytesPerSecond}, commands_per_second = #{how.commandsPerSecond},
        lag_bound_millis = #{how.lagBoundMillis}, restart_limit = #{how.restartLimit},
        start_at = #{how.startAt}, stay_on_machine = #{how.stayOnMachine},
        parallel_full_syncs = #{how.parallelFullSyncs}, afresh = #{afresh}
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
      update task_spec set source_json = #{end.json}, source_secret = #{end.secret},
        source_sentinel_secret = #{end.sentinelSecret}
      where task_id = #{taskId}
      """)
  void sourceLogin(@Param("taskId") long taskId, @Param("end") StoredEnd end);

  @Update(
      """
      update task_spec set target_json = #{end.json}, target_secret = #{end.secret},
        target_sentinel_secret = #{end.sentinelSecret}
      where task_id = #{taskId}
      """)
  void targetLogin(@Param("taskId") long taskId, @Param("end") StoredEnd end);

  @Update(
      """
      update task_spec set more_sources_json = #{moreSourcesJson},
        more_source_secrets = #{moreSourceSecrets}
      where task_id = #{taskId}
      """)
  void moreSourceLogins(TaskSpec spec);

  @Select("select begun from task_spec where task_id = #{taskId}")
  boolean hasBegun(long taskId);

  @Select("select evictions_accepted from task_spec where task_id = #{taskId}")
  boolean evictionsAccepted(long taskId);

  /** What its continuous check may compare; 0 where its shards are, or are to be, in parts. */
  @Select(
      """
      select case when s.spread_machine_ids = ''
          and not exists (select 1 from task_part p where p.whole_id = s.task_id)
          and not exists (select 1 from task_part p where p.part_id = s.task_id)
        then s.continuous_keys else 0 end
      from task_spec s where s.task_id = #{taskId}
      """)
  long continuousKeys(long taskId);

  @Update("update task_spec set continuous_keys = #{keysPerSecond} where task_id = #{taskId}")
  void checkContinuously(@Param("taskId") long taskId, @Param("keysPerSecond") long keysPerSecond);

  @Update("update task_spec set afresh = true, begun = false where task_id = #{taskId}")
  void beginAfresh(long taskId);

  /** Writes nothing where it stands so already: this is said with every report. */
  @Update(
      """
      update task_spec set afresh = false, begun = true
      where task_id = #{taskId} and (afresh = true or begun = false)
      """)
  void begun(long taskId);

  @Select("select spread_machine_ids from task_spec where task_id = #{taskId}")
  String spreadMachineIds(long taskId);

  @Select("select spread_before from task_spec where task_id = #{taskId}")
  String spreadBefore(long taskId);

  @Update("update task_spec set spread_before = #{ids} where task_id = #{taskId}")
  void wasSpreadOver(@Param("taskId") long taskId, @Param("ids") String ids);

  /** The names of the machines chosen, in their order; of one that was removed none. */
  @Select(
      """
      select m.name from task_spec s
        join machine m on s.spread_machine_ids like concat('%,', m.id, ',%')
      where s.task_id = #{taskId} order by locate(concat(',', m.id, ','), s.spread_machine_ids)
      """)
  List<String> spreadMachines(long taskId);

  @Update(
      """
      update task_spec set spread_machine_ids = #{ids}, spread_before = ''
      where task_id = #{taskId}
      """)
  void spreadOver(@Param("taskId") long taskId, @Param("ids") String ids);

  @Update("update task_spec set evictions_accepted = #{accepted} where task_id = #{taskId}")
  void acceptEvictions(long taskId, boolean accepted);

  @Update(
      """
      update task_spec set machine_id = #{machineId}, machine_name = #{machineName}
      where task_id = #{taskId}
      """)
  void move(long taskId, long machineId, String machineName);
}
