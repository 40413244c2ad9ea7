package io.cachesync.web.check;

import java.util.List;
import java.util.Optional;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;

/** The table check_schedule_run. */
@Mapper
interface ScheduleRunMapper {
  String COLUMNS = "id, schedule_id, planned_at, outcome, check_id, reason, reason_json";

  @Insert(
      """
      insert into check_schedule_run (schedule_id, planned_at, outcome, check_id, reason, reason_json)
      values (#{scheduleId}, #{plannedAt}, #{outcome}, #{checkId}, #{reason}, #{reasonJson})
      """)
  void insert(ScheduleRun run);

  /** Newest first. */
  @Select(
      "select "
          + COLUMNS
          + " from check_schedule_run where schedule_id = #{scheduleId} order by id desc"
          + " limit #{limit}")
  List<ScheduleRun> newest(@Param("scheduleId") long scheduleId, @Param("limit") int limit);

  /** Checks that it has started and that still exist, newest first. */
  @Select(
      "select check_id from check_schedule_run where schedule_id = #{scheduleId} and outcome ="
          + " 'STARTED' and check_id is not null order by id desc")
  List<Long> checks(long scheduleId);

  /** The schedule that started a check. */
  @Select(
      "select schedule_id from check_schedule_run where check_id = #{checkId} and outcome ="
          + " 'STARTED' limit 1")
  Optional<Long> scheduleOf(long checkId);

  /** Older ones, but for those whose result is still there. */
  @Delete(
      """
      delete from check_schedule_run where schedule_id = #{scheduleId} and id < #{before}
        and (outcome <> 'STARTED' or check_id is null)
      """)
  void deleteBefore(@Param("scheduleId") long scheduleId, @Param("before") long before);
}
