package io.cachesync.web.check;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Options;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;

/** The table check_schedule. */
@Mapper
interface ScheduleMapper {
  String COLUMNS =
      """
      id, name, task_id, ends, ask_json, rhythm, at_time, week_days, cron, zone, keep_results,
      paused, accounted_until, created_by, created_at
      """;

  @Insert(
      """
      insert into check_schedule (name, task_id, ends, ask_json, rhythm, at_time, week_days, cron,
        zone, keep_results, paused, accounted_until, created_by, created_at)
      values (#{row.name}, #{row.taskId}, #{row.ends}, #{row.askJson}, #{row.rhythm},
        #{row.atTime}, #{row.weekDays}, #{row.cron}, #{row.zone}, #{row.keepResults}, #{row.paused},
        #{row.accountedUntil}, #{row.createdBy}, #{row.createdAt})
      """)
  @Options(useGeneratedKeys = true, keyProperty = "made.id", keyColumn = "id")
  void insert(@Param("row") CheckSchedule row, @Param("made") CheckMapper.NewId made);

  @Select("select " + COLUMNS + " from check_schedule where id = #{id}")
  Optional<CheckSchedule> find(long id);

  @Select("select " + COLUMNS + " from check_schedule order by name, id")
  List<CheckSchedule> all();

  @Select("select " + COLUMNS + " from check_schedule where task_id = #{taskId} order by name, id")
  List<CheckSchedule> ofTask(long taskId);

  /** All but who made it and when. */
  @Update(
      """
      update check_schedule set name = #{row.name}, task_id = #{row.taskId}, ends = #{row.ends},
        ask_json = #{row.askJson}, rhythm = #{row.rhythm}, at_time = #{row.atTime},
        week_days = #{row.weekDays}, cron = #{row.cron}, zone = #{row.zone},
        keep_results = #{row.keepResults}, paused = #{row.paused},
        accounted_until = #{row.accountedUntil}
      where id = #{row.id}
      """)
  int update(@Param("row") CheckSchedule row);

  /**
   * Takes the times up to {@code to} for decided.
   *
   * @return 1, or 0 where somebody else has
   */
  @Update(
      """
      update check_schedule set accounted_until = #{to}
      where id = #{id} and accounted_until = #{from} and paused = false
      """)
  int account(@Param("id") long id, @Param("from") Instant from, @Param("to") Instant to);

  @Delete("delete from check_schedule where id = #{id}")
  int delete(long id);
}
