package io.cachesync.web.sync;

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
}
