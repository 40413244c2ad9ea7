package io.cachesync.web.check;

import io.cachesync.contract.FaultCode;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Options;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;

/** The table data_check. */
@Mapper
interface CheckMapper {
  String COLUMNS =
      """
      id, task_id, task_name, source_number, source_endpoint_id, source_label, target_endpoint_id,
      target_label, ends_hash, machine_id, machine_name, spec_json, bytes_per_second,
      commands_per_second, state, state_since, restarts, retry_at, fault_code, fault_message,
      report_json, compared_keys, different_keys, settling_keys, listed, created_by, created_at,
      started_at, ended_at
      """;

  String WHERE =
      """
      <where>
        <if test="w.text != null">and (lower(source_label) like #{w.text} escape '!'
          or lower(target_label) like #{w.text} escape '!' or lower(task_name) like #{w.text} escape '!'
          or lower(machine_name) like #{w.text} escape '!')</if>
        <if test="w.taskId != null">and task_id = #{w.taskId}</if>
        <if test="w.endpointId != null">and (source_endpoint_id = #{w.endpointId}
          or target_endpoint_id = #{w.endpointId})</if>
        <if test="w.states != null">and state in
          <foreach item="state" collection="w.states" open="(" separator="," close=")">#{state}</foreach></if>
        <if test="w.differs == true">and different_keys &gt; 0</if>
        <if test="w.differs == false">and different_keys = 0
          and id <if test="!w.repaired">not</if> in (select check_id from data_repair)</if>
      </where>
      """;

  /**
   * Conditions of a list; null does not narrow it.
   *
   * @param repaired of those in which nothing differs: the ones that looked at the keys of a repair
   *     only, or the others
   */
  record Where(
      String text,
      Long taskId,
      Long endpointId,
      List<CheckState> states,
      Boolean differs,
      boolean repaired) {}

  /**
   * How many checks came out so.
   *
   * @param repaired whether only the keys of a repair were looked at, and are equal
   */
  record Tally(CheckState state, boolean differs, boolean repaired, long checkCount) {}

  /** What a check that is done found. */
  record Found(
      String sourceLabel,
      String targetLabel,
      Long taskId,
      long comparedKeys,
      long differentKeys,
      long settlingKeys,
      Instant startedAt,
      Instant endedAt) {}

  /** A key that is made by the database. */
  final class NewId {
    private long id;

    public void setId(long made) {
      id = made;
    }

    public long getId() {
      return id;
    }
  }

  @Insert(
      """
      insert into data_check (task_id, task_name, source_number, source_endpoint_id, source_label,
        target_endpoint_id, target_label, ends_hash, machine_id, machine_name, spec_json,
        bytes_per_second, commands_per_second, state, state_since, restarts, compared_keys,
        different_keys, settling_keys, listed, created_by, created_at)
      values (#{row.taskId}, #{row.taskName}, #{row.sourceNumber}, #{row.sourceEndpointId},
        #{row.sourceLabel}, #{row.targetEndpointId}, #{row.targetLabel}, #{row.endsHash},
        #{row.machineId}, #{row.machineName}, #{row.specJson}, #{row.bytesPerSecond},
        #{row.commandsPerSecond}, #{row.state}, #{row.stateSince}, 0, 0, 0, 0, -1,
        #{row.createdBy}, #{row.createdAt})
      """)
  @Options(useGeneratedKeys = true, keyProperty = "made.id", keyColumn = "id")
  void insert(@Param("row") Check row, @Param("made") NewId made);

  @Select("select " + COLUMNS + " from data_check where id = #{id}")
  Optional<Check> find(long id);

  /**
   * Keeps everybody else from changing a check, until the transaction ends. As the first statement
   * of it, so that what is read behind is what others have left.
   */
  @Select("select id from data_check where id = #{id} for update")
  Long lock(long id);

  /** The same of the oldest check of two ends, which stands for them. */
  @Select(
      """
      select id from data_check where ends_hash = #{endsHash} order by id limit 1 for update
      """)
  Long lockEnds(String endsHash);

  @Select(
      "<script>select "
          + COLUMNS
          + " from data_check where state in <foreach item='state' collection='states' open='('"
          + " separator=',' close=')'>#{state}</foreach> order by id</script>")
  List<Check> inStates(@Param("states") Collection<CheckState> states);

  @Select(
      "<script>select "
          + COLUMNS
          + " from data_check "
          + WHERE
          + " order by ${orderBy}, id desc limit #{limit} offset #{offset}</script>")
  List<Check> search(
      @Param("w") Where where,
      @Param("orderBy") String orderBy,
      @Param("limit") int limit,
      @Param("offset") int offset);

  @Select("<script>select count(*) from data_check " + WHERE + "</script>")
  long count(@Param("w") Where where);

  /** The newest of a task that is none of a repair's keys only. */
  @Select(
      "select "
          + COLUMNS
          + " from data_check where task_id = #{taskId}"
          + " and id not in (select check_id from data_repair) order by id desc limit 1")
  Optional<Check> newestOfTask(long taskId);

  /** Those of the same ends that are done, newest first. */
  @Select(
      "select "
          + COLUMNS
          + " from data_check where ends_hash = #{endsHash} and state = 'DONE' and id <> #{butId}"
          + " order by id desc limit 50")
  List<Check> ofEnds(@Param("endsHash") String endsHash, @Param("butId") long butId);

  /** A repair after which its keys are equal counts for itself: of the others it says nothing. */
  @Select(
      """
      select state, differs, repaired, count(*) as check_count from
        (select c.state as state, c.different_keys > 0 as differs,
           c.state = 'DONE' and c.different_keys = 0 and r.check_id is not null as repaired
         from data_check c left join data_repair r on r.check_id = c.id) as outcomes
      group by state, differs, repaired order by state, differs, repaired
      """)
  List<Tally> tallies();

  /** Of each two ends what their newest check found, newest first; none of a repair's keys only. */
  @Select(
      """
      select source_label, target_label, task_id, compared_keys, different_keys, settling_keys,
        started_at, ended_at
      from data_check where id in (select max(id) from data_check where state = 'DONE'
        and started_at is not null and ended_at is not null
        and id not in (select check_id from data_repair) group by ends_hash)
      order by id desc limit #{limit}
      """)
  List<Found> newestOfEnds(@Param("limit") int limit);

  /**
   * Moves a check on.
   *
   * @return 1, or 0 when it is not in {@code from} any more
   */
  @Update(
      """
      update data_check set state = #{to}, state_since = #{at}
      where id = #{id} and state = #{from}
      """)
  int move(
      @Param("id") long id,
      @Param("from") CheckState from,
      @Param("to") CheckState to,
      @Param("at") Instant at);

  @Update("update data_check set started_at = #{at} where id = #{id} and started_at is null")
  void started(@Param("id") long id, @Param("at") Instant at);

  @Update(
      """
      update data_check set ended_at = #{at}, retry_at = null where id = #{id}
      """)
  void ended(@Param("id") long id, @Param("at") Instant at);

  @Update(
      """
      update data_check set fault_code = #{code}, fault_message = #{message} where id = #{id}
      """)
  void explain(
      @Param("id") long id, @Param("code") FaultCode code, @Param("message") String message);

  @Update("update data_check set retry_at = #{at} where id = #{id}")
  void postpone(@Param("id") long id, @Param("at") Instant at);

  @Update("update data_check set restarts = restarts + 1, retry_at = #{at} where id = #{id}")
  void countRestart(@Param("id") long id, @Param("at") Instant at);

  @Update(
      """
      update data_check set report_json = #{json}, compared_keys = #{compared},
        different_keys = #{different}, settling_keys = #{settling}
      where id = #{id}
      """)
  void report(
      @Param("id") long id,
      @Param("json") String json,
      @Param("compared") long compared,
      @Param("different") long different,
      @Param("settling") long settling);

  @Update("update data_check set listed = #{listed} where id = #{id}")
  void listed(@Param("id") long id, @Param("listed") int listed);

  @Update(
      """
      update data_check set bytes_per_second = #{bytes}, commands_per_second = #{commands}
      where id = #{id}
      """)
  void limit(@Param("id") long id, @Param("bytes") long bytes, @Param("commands") long commands);

  @Delete("delete from data_check where id = #{id}")
  int delete(long id);

  @Update(
      """
      update data_check set lease_owner = #{owner}, lease_until = #{until}
      where id = #{id} and (lease_until is null or lease_until < #{now})
      """)
  int lease(
      @Param("id") long id,
      @Param("owner") String owner,
      @Param("now") Instant now,
      @Param("until") Instant until);

  @Update(
      """
      update data_check set lease_until = #{until} where id = #{id} and lease_owner = #{owner}
      """)
  void renew(@Param("id") long id, @Param("owner") String owner, @Param("until") Instant until);

  @Update(
      """
      update data_check set lease_until = null where id = #{id} and lease_owner = #{owner}
      """)
  void release(@Param("id") long id, @Param("owner") String owner);
}
