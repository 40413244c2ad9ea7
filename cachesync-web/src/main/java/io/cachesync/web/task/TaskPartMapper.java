package io.cachesync.web.task;

import io.cachesync.contract.FaultCode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;

/** The table task_part. */
@Mapper
interface TaskPartMapper {
  @Insert(
      """
      insert into task_part (part_id, whole_id, part_number, slots)
      values (#{partId}, #{wholeId}, #{partNumber}, #{slots})
      """)
  void insert(TaskPart part);

  @Select("select part_id, whole_id, part_number, slots from task_part where part_id = #{partId}")
  Optional<TaskPart> find(long partId);

  /** The names of the machines of a task's parts, in their order. */
  @Select(
      """
      select s.machine_name from task_part p join task_spec s on s.task_id = p.part_id
      where p.whole_id = #{wholeId} order by p.part_number
      """)
  List<String> machinesOfParts(long wholeId);

  /**
   * A part as the whole's page shows it.
   *
   * @param links numbers of its links, separated by commas; empty before its agent has told
   */
  record PartRow(
      long partId,
      String machineName,
      String slots,
      String links,
      TaskState state,
      FaultCode faultCode,
      String faultMessage) {
    /** Once the whole is done none of its parts will go on, whatever they ended as. */
    PartRow done() {
      return new PartRow(partId, machineName, slots, links, TaskState.DONE, null, null);
    }
  }

  @Select(
      """
      select p.part_id, s.machine_name, p.slots, p.links, t.state, t.fault_code, t.fault_message
      from task_part p join task t on t.id = p.part_id join task_spec s on s.task_id = p.part_id
      where p.whole_id = #{wholeId} order by p.part_number
      """)
  List<PartRow> rows(long wholeId);

  /** Writes nothing where it stands so already: this is said with every report. */
  @Update("update task_part set links = #{links} where part_id = #{partId} and links <> #{links}")
  int tellLinks(@Param("partId") long partId, @Param("links") String links);

  /**
   * Of each part of a task the numbers of its links, as {@link PartRow#links}, as of now: what
   * another part has told since the transaction began counts, or the last to tell would not know.
   */
  @Select(
      """
      select p.links from task_part p
      where p.whole_id = (select told.whole_id from task_part told where told.part_id = #{partId})
      for update
      """)
  List<String> linksBeside(long partId);

  /** Ids of all tasks that are parts of others. */
  @Select("select part_id from task_part")
  Set<Long> ids();

  @Select(
      """
      select part_id, whole_id, part_number, slots from task_part where whole_id = #{wholeId}
      order by part_number
      """)
  List<TaskPart> ofWhole(long wholeId);

  @Select("select count(*) from task_part where whole_id = #{wholeId}")
  int count(long wholeId);

  /** The parts of a task in their order, all as of one moment. */
  @Select(
      """
      select t.id, t.uid, t.name, t.tags, t.notes, t.owner, t.wizard_step, t.state, t.desired,
        t.state_since, t.overdue, t.version, t.restarts, t.retry_at, t.fault_code, t.fault_message,
        t.created_at, t.started_at, t.ended_at
      from task_part p join task t on t.id = p.part_id
      where p.whole_id = #{wholeId} order by p.part_number
      """)
  List<Task> tasksOfWhole(long wholeId);
}
