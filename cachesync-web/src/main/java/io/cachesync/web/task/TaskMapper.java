package io.cachesync.web.task;

import io.cachesync.contract.FaultCode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;

/** The table task. */
@Mapper
interface TaskMapper {
  String COLUMNS =
      """
      id, uid, name, tags, notes, owner, wizard_step, state, desired, state_since, overdue, version,
      restarts, retry_at, fault_code, fault_message, created_at, started_at, ended_at
      """;

  @Insert(
      """
      insert into task (uid, name, tags, notes, owner, wizard_step, state, desired, state_since,
        overdue, version, restarts, created_at)
      values (#{uid}, #{name}, #{tags}, #{notes}, #{owner}, #{wizardStep}, #{state}, #{desired},
        #{stateSince}, #{overdue}, 0, 0, #{createdAt})
      """)
  void insert(Task task);

  @Select("select " + COLUMNS + " from task where id = #{id}")
  Optional<Task> find(long id);

  /** As {@link #find}, of what is no part of another. */
  @Select(
      "select "
          + COLUMNS
          + " from task where id = #{id}"
          + " and not exists (select 1 from task_part part where part.part_id = #{id})")
  Optional<Task> findWhole(long id);

  /**
   * Reads the row as it is now, and keeps it from changing until the transaction ends. Who takes
   * several in one transaction takes them by their ids, the least first: so none waits for another
   * that waits for it. A whole has a lower id than its parts. A row that refers to a task, such as
   * a line of its log, takes the task's row too as it is inserted.
   */
  @Select("select " + COLUMNS + " from task where id = #{id} for update")
  Optional<Task> lock(long id);

  @Select("select " + COLUMNS + " from task where uid = #{uid}")
  Optional<Task> findByUid(String uid);

  @Select(
      """
      <script>
      select id, uid, name, tags, notes, owner, wizard_step, state, desired, state_since, overdue,
        version, restarts, retry_at, fault_code, fault_message, created_at, started_at, ended_at
      from task where state in
      <foreach item="state" collection="states" open="(" separator="," close=")">#{state}</foreach>
      order by id
      </script>
      """)
  List<Task> inStates(List<TaskState> states);

  /**
   * Tasks in these states or with a part in one, and those that ended since a moment. One with
   * parts has no machine: what is done for it is done on theirs.
   */
  @Select(
      """
      <script>
      select t.id, case when exists (select 1 from task_part p where p.whole_id = t.id) then null
        else s.machine_id end as machine_id
      from task t join task_spec s on s.task_id = t.id
      where t.state in
      <foreach item="state" collection="states" open="(" separator="," close=")">#{state}</foreach>
      or t.ended_at &gt; #{endedSince}
      union
      select p.whole_id, null from task_part p join task t on t.id = p.part_id
      where t.state in
      <foreach item="state" collection="states" open="(" separator="," close=")">#{state}</foreach>
      order by 1
      </script>
      """)
  List<TaskPlace> inStatesOrEndedSince(List<TaskState> states, Instant endedSince);

  /**
   * Writes where the task stands, if nobody did so since {@code version} was read.
   *
   * @return 1, or 0 when the row has moved on
   */
  @Update(
      """
      update task set state = #{run.state}, desired = #{run.desired},
        state_since = #{run.since}, overdue = #{run.overdue}, version = version + 1,
        fault_code = #{faultCode}, fault_message = #{faultMessage},
        started_at = #{startedAt}, ended_at = #{endedAt}, restarts = #{restarts},
        retry_at = #{retryAt}
      where id = #{id} and version = #{version}
      """)
  int move(
      long id,
      long version,
      TaskRun run,
      FaultCode faultCode,
      String faultMessage,
      Instant startedAt,
      Instant endedAt,
      int restarts,
      Instant retryAt);

  @Update(
      """
      update task set name = #{name}, tags = #{tags}, notes = #{notes},
        wizard_step = #{wizardStep}, version = version + 1
      where id = #{id} and version = #{version}
      """)
  int describe(long id, long version, String name, String tags, String notes, int wizardStep);

  @Update(
      """
      update task set lease_owner = #{owner}, lease_until = #{until}
      where id = #{id} and (lease_until is null or lease_until < #{now})
      """)
  int lease(long id, String owner, Instant now, Instant until);

  @Update(
      """
      update task set lease_until = #{until}
      where id = #{id} and lease_owner = #{owner} and lease_until is not null
      """)
  void renew(long id, String owner, Instant until);

  @Update("update task set lease_until = null where id = #{id} and lease_owner = #{owner}")
  void release(long id, String owner);

  @Delete("delete from task where id = #{id} and version = #{version}")
  int delete(long id, long version);
}
