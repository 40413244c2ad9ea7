package io.cachesync.web.precheck;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;

/** The table precheck_run. */
@Mapper
interface PrecheckRunMapper {

  /** Which node a task writes to. */
  record Target(long taskId, String targetRunId) {}

  @Delete("delete from precheck_run where task_id = #{taskId}")
  void delete(long taskId);

  @Insert(
      """
      insert into precheck_run (task_id, machine_name, outcome, started_at)
      values (#{taskId}, #{machineName}, 'RUNNING', #{startedAt})
      """)
  void insert(long taskId, String machineName, Instant startedAt);

  @Select(
      """
      select task_id, machine_name, outcome, fault_key, fault_arguments, source_run_id,
        target_run_id, started_at, ended_at
      from precheck_run where task_id = #{taskId}
      """)
  Optional<PrecheckRun> find(long taskId);

  @Update(
      """
      update precheck_run set source_run_id = #{sourceRunId}, target_run_id = #{targetRunId}
      where task_id = #{taskId}
      """)
  void nodes(long taskId, String sourceRunId, String targetRunId);

  @Update(
      """
      update precheck_run set outcome = #{outcome}, fault_key = #{faultKey},
        fault_arguments = #{faultArguments}, ended_at = #{endedAt}
      where task_id = #{taskId} and outcome = 'RUNNING'
      """)
  void end(
      long taskId,
      PrecheckRun.Outcome outcome,
      String faultKey,
      String faultArguments,
      Instant endedAt);

  @Update(
      """
      update precheck_run set outcome = 'OUTDATED'
      where task_id = #{taskId}
      """)
  void outdate(long taskId);

  @Select("select task_id, target_run_id from precheck_run where target_run_id <> ''")
  List<Target> targets();
}
