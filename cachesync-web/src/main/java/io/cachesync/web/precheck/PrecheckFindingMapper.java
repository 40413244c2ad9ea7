package io.cachesync.web.precheck;

import java.time.Instant;
import java.util.List;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;

/** The table precheck_finding. */
@Mapper
interface PrecheckFindingMapper {

  @Delete("delete from precheck_finding where task_id = #{taskId}")
  void delete(long taskId);

  @Insert(
      """
      insert into precheck_finding (task_id, code, severity, variant, summary, remedy, command,
        values_json, measured_at, source)
      values (#{taskId}, #{code}, #{severity}, #{variant}, #{summary}, #{remedy}, #{command},
        #{valuesJson}, #{measuredAt}, #{source})
      """)
  void insert(StoredFinding finding);

  @Select(
      """
      select id, task_id, code, severity, variant, summary, remedy, command, values_json,
        measured_at, acknowledged_by, acknowledged_at, source
      from precheck_finding where task_id = #{taskId} order by id
      """)
  List<StoredFinding> of(long taskId);

  /**
   * Notes who goes on in spite of a warning.
   *
   * @return 1, or 0 when it was none, or was acknowledged already
   */
  @Update(
      """
      update precheck_finding set acknowledged_by = #{by}, acknowledged_at = #{at}
      where id = #{id} and task_id = #{taskId} and severity = 'WARNING'
        and acknowledged_by is null
      """)
  int acknowledge(long id, long taskId, String by, Instant at);
}
