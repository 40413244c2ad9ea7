package io.cachesync.web.sync;

import java.time.Instant;
import java.util.Optional;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;

/** The table continuous_check. */
@Mapper
interface ContinuousMapper {

  @Insert(
      """
      insert into continuous_check (task_id, reported_at, report_json)
      values (#{taskId}, #{at}, #{report})
      on duplicate key update reported_at = values(reported_at), report_json = values(report_json)
      """)
  void put(@Param("taskId") long taskId, @Param("at") Instant at, @Param("report") String report);

  @Delete("delete from continuous_check where task_id = #{taskId}")
  void remove(long taskId);

  @Select("select report_json from continuous_check where task_id = #{taskId}")
  Optional<String> find(long taskId);
}
