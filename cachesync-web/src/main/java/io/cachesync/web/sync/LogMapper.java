package io.cachesync.web.sync;

import io.cachesync.contract.LogLevel;
import java.util.List;
import java.util.Optional;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;

/** The table job_log. */
@Mapper
interface LogMapper {

  @Insert(
      """
      <script>
      insert into job_log (task_id, logged_at, incarnation, level, link, line) values
      <foreach item="row" collection="rows" separator=",">
        (#{row.taskId}, #{row.loggedAt}, #{row.incarnation}, #{row.level}, #{row.link}, #{row.line})
      </foreach>
      </script>
      """)
  void insert(List<LogRow> rows);

  /** The newest lines with an id in (after, before), newest first. */
  @Select(
      """
      <script>
      select id, task_id, logged_at, incarnation, level, link, line from job_log
      where task_id = #{taskId} and id &gt; #{after} and id &lt; #{before}
      <if test="levels != null and !levels.isEmpty()">
        and level in
        <foreach item="level" collection="levels" open="(" separator="," close=")">#{level}</foreach>
      </if>
      <if test="link != null">and link = #{link}</if>
      <if test="text != null and !text.isEmpty()">and lower(line) like #{text} escape '!'</if>
      order by id desc limit #{limit}
      </script>
      """)
  List<LogRow> newest(
      long taskId,
      long after,
      long before,
      List<LogLevel> levels,
      Integer link,
      String text,
      int limit);

  /** The oldest lines after an id, oldest first. */
  @Select(
      """
      select id, task_id, logged_at, incarnation, level, link, line from job_log
      where task_id = #{taskId} and id > #{after} order by id limit #{limit}
      """)
  List<LogRow> after(long taskId, long after, int limit);

  @Select("select max(id) from job_log where task_id = #{taskId}")
  Optional<Long> lastId(long taskId);

  /** The id of the newest line that is too old to keep. */
  @Select(
      "select id from job_log where task_id = #{taskId} order by id desc limit 1 offset #{keep}")
  Optional<Long> firstBeyond(long taskId, int keep);

  @Delete("delete from job_log where task_id = #{taskId} and id <= #{upTo}")
  int trim(long taskId, long upTo);
}
