package io.cachesync.web.sync;

import io.cachesync.contract.FaultCode;
import io.cachesync.contract.SyncMode;
import io.cachesync.web.task.TaskState;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;

/** The table link_status. */
@Mapper
interface LinkStatusMapper {

  @Insert(
      """
      insert into link_status (task_id, link, reported_at, status)
      values (#{taskId}, #{link}, #{reportedAt}, #{status})
      on duplicate key update reported_at = values(reported_at), status = values(status)
      """)
  void put(LinkRow row);

  /**
   * Forgets links that a task no longer has.
   *
   * @param last number of the last that it has
   */
  @Delete("delete from link_status where task_id = #{taskId} and link > #{last}")
  void removeOthers(@Param("taskId") long taskId, @Param("last") int last);

  /**
   * Forgets links that a task no longer has.
   *
   * @param kept numbers of those that it has; where there are none nothing is forgotten
   */
  default void removeBut(long taskId, Collection<Integer> kept) {
    if (!kept.isEmpty()) {
      removeAllBut(taskId, kept);
    }
  }

  @Delete(
      """
      <script>
      delete from link_status where task_id = #{taskId} and link not in
      <foreach item="link" collection="kept" open="(" separator="," close=")">#{link}</foreach>
      </script>
      """)
  void removeAllBut(@Param("taskId") long taskId, @Param("kept") Collection<Integer> kept);

  @Select(
      """
      select task_id, link, reported_at, status from link_status
      where task_id = #{taskId} order by link
      """)
  List<LinkRow> ofTask(long taskId);

  /**
   * The links of whole tasks that stand still, each with what is asked of its task.
   *
   * @param ids of the tasks that are asked for; null for all
   */
  @Select(
      """
      <script>
      select l.task_id, l.link, l.reported_at, l.status, t.state, t.fault_code, s.sync_mode,
        s.afresh
      from link_status l join task t on t.id = l.task_id join task_spec s on s.task_id = t.id
      where t.state in ('PAUSED', 'STOPPED', 'FAILED')
        and not exists (select 1 from task_part part where part.part_id = t.id)
      <if test="ids != null">
        and t.id in
        <foreach item="id" collection="ids" open="(" separator="," close=")">#{id}</foreach>
      </if>
      order by l.task_id, l.link
      </script>
      """)
  List<StillRow> standingStill(@Param("ids") Collection<Long> ids);

  /** The newest status of one link of a task that stands still. */
  record StillRow(
      long taskId,
      int link,
      Instant reportedAt,
      String status,
      TaskState state,
      FaultCode faultCode,
      SyncMode syncMode,
      boolean afresh) {}
}
