package io.cachesync.web.check;

import io.cachesync.contract.LogLevel;
import java.time.Instant;
import java.util.List;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;

/** The table data_check_log. */
@Mapper
interface CheckLogMapper {

  /** A line of the log of a check. */
  record Line(Instant loggedAt, LogLevel level, String line) {}

  @Insert(
      """
      <script>
      insert into data_check_log (check_id, logged_at, level, line) values
      <foreach item="row" collection="lines" separator=",">
        (#{checkId}, #{row.loggedAt}, #{row.level}, #{row.line})
      </foreach>
      </script>
      """)
  void insert(@Param("checkId") long checkId, @Param("lines") List<Line> lines);

  /** Newest first. */
  @Select(
      """
      select logged_at, level, line from data_check_log where check_id = #{checkId}
      order by id desc limit #{limit}
      """)
  List<Line> newest(@Param("checkId") long checkId, @Param("limit") int limit);

  /** All but the newest ones; MySQL deletes from no table that it reads in the same statement. */
  @Delete(
      """
      delete from data_check_log where check_id = #{checkId} and id < (select least from
        (select min(id) as least from (select id from data_check_log where check_id = #{checkId}
          order by id desc limit #{kept}) newest) oldest)
      """)
  void keepNewest(@Param("checkId") long checkId, @Param("kept") int kept);
}
