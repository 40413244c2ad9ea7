package io.cachesync.web.agent;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;

/** The table job_leftover. */
@Mapper
interface JobLeftoverMapper {
  String COLUMNS =
      """
      id, job_id, task_id, machine_id, incarnation, pid, start_ticks, boot_id, directory, due_at
      """;

  @Insert(
      """
      insert into job_leftover (job_id, task_id, machine_id, incarnation, pid, start_ticks, boot_id,
        directory, due_at)
      values (#{jobId}, #{taskId}, #{machineId}, #{incarnation}, #{pid}, #{startTicks}, #{bootId},
        #{directory}, #{dueAt})
      """)
  void insert(JobLeftover leftover);

  @Select("select " + COLUMNS + " from job_leftover where id = #{id}")
  Optional<JobLeftover> find(long id);

  @Select(
      "select "
          + COLUMNS
          + " from job_leftover where job_id = #{jobId} and machine_id = #{machineId} order by id")
  List<JobLeftover> of(String jobId, long machineId);

  @Select("select " + COLUMNS + " from job_leftover where due_at <= #{now} order by id")
  List<JobLeftover> due(Instant now);

  @Update("update job_leftover set due_at = #{dueAt} where id = #{id}")
  void postpone(long id, Instant dueAt);

  @Delete("delete from job_leftover where id = #{id}")
  void delete(long id);
}
