package io.cachesync.web.agent;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;

/** The table job. */
@Mapper
interface JobMapper {
  String COLUMNS =
      """
      job_id, task_id, machine_id, incarnation, pid, start_ticks, boot_id, directory, report_url,
      last_seq, last_report_at, started_at, ended_at
      """;

  @Insert(
      """
      insert into job (job_id, task_id, machine_id, incarnation, pid, start_ticks, boot_id,
        directory, report_url, last_seq, started_at)
      values (#{jobId}, #{taskId}, #{machineId}, #{incarnation}, 0, 0, '', #{directory},
        #{reportUrl}, 0, #{startedAt})
      """)
  void insert(Job job);

  /**
   * Begins the next incarnation.
   *
   * @return 1, or 0 when another console began it
   */
  @Update(
      """
      update job set task_id = #{taskId}, machine_id = #{machineId}, incarnation = #{incarnation},
        pid = 0, start_ticks = 0, boot_id = '', directory = #{directory},
        report_url = #{reportUrl}, last_seq = 0, last_report_at = null, started_at = #{startedAt},
        ended_at = null
      where job_id = #{jobId} and incarnation = #{incarnation} - 1
      """)
  int begin(Job job);

  @Update(
      """
      update job set pid = #{pid}, start_ticks = #{startTicks}, boot_id = #{bootId}
      where job_id = #{jobId} and incarnation = #{incarnation}
      """)
  int started(String jobId, long incarnation, long pid, long startTicks, String bootId);

  @Select("select " + COLUMNS + " from job where job_id = #{jobId}")
  Optional<Job> find(String jobId);

  @Select("select " + COLUMNS + " from job where task_id = #{taskId} order by job_id")
  List<Job> ofTask(String taskId);

  @Select(
      "select "
          + COLUMNS
          + " from job where machine_id = #{machineId} and ended_at is null order by job_id")
  List<Job> openOn(long machineId);

  @Select(
      "select machine_id as machine, count(*) as jobs from job where ended_at is null group by machine_id")
  List<MachineCount> openCounts();

  /**
   * Takes a report's number, which also makes others wait who take one of the same job.
   *
   * @return 1, or 0 when it was taken before or the incarnation is over
   */
  @Update(
      """
      update job set last_seq = #{seq}, last_report_at = #{at}
      where job_id = #{jobId} and incarnation = #{incarnation} and last_seq < #{seq}
      """)
  int takeSeq(String jobId, long incarnation, long seq, Instant at);

  @Update(
      """
      update job set last_report_at = #{at}
      where job_id = #{jobId} and incarnation = #{incarnation}
      """)
  int heard(String jobId, long incarnation, Instant at);

  @Update(
      """
      update job set ended_at = #{at}
      where job_id = #{jobId} and incarnation = #{incarnation} and ended_at is null
      """)
  int ended(String jobId, long incarnation, Instant at);

  /** Open jobs of a machine. */
  record MachineCount(long machine, int jobs) {}
}
