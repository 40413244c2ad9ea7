package io.cachesync.web.task;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;

/** Reads task with what was asked of it and how far it is. */
@Mapper
interface TaskListMapper {
  String WHERE =
      """
      <where>
        not exists (select 1 from task_part part where part.part_id = t.id)
        <if test="w.states != null">and #{w.states} like concat('%,', t.state, ',%')</if>
        <if test="w.source != null">and (lower(s.source_label) like #{w.source} escape '!'
          or lower(s.more_sources_json) regexp #{w.sourceAddress} or exists (select 1 from endpoint e
            where s.more_source_ids like concat('%,', e.id, ',%')
              and lower(e.name) like #{w.source} escape '!'))</if>
        <if test="w.target != null">and lower(s.target_label) like #{w.target} escape '!'</if>
        <if test="w.machine != null">and (lower(s.machine_name) like #{w.machine} escape '!'
          or exists (select 1 from task_part of_task join task_spec own on own.task_id = of_task.part_id
            where of_task.whole_id = t.id and lower(own.machine_name) like #{w.machine} escape '!')
          or exists (select 1 from machine m
            where s.spread_machine_ids like concat('%,', m.id, ',%')
              and lower(m.name) like #{w.machine} escape '!'))</if>
        <if test="w.owner != null">and lower(t.owner) like #{w.owner} escape '!'</if>
        <if test="w.tag != null">and lower(t.tags) like #{w.tag} escape '!'</if>
        <if test="w.from != null">and t.created_at &gt;= #{w.from}</if>
        <if test="w.before != null">and t.created_at &lt; #{w.before}</if>
        <if test="w.text != null">and (lower(t.name) like #{w.text} escape '!'
          or lower(t.notes) like #{w.text} escape '!' or lower(s.source_label) like #{w.text} escape '!'
          or lower(s.target_label) like #{w.text} escape '!'
          or lower(s.more_sources_json) regexp #{w.textAddress} or exists (select 1 from endpoint e
            where s.more_source_ids like concat('%,', e.id, ',%')
              and lower(e.name) like #{w.text} escape '!'))</if>
        <if test="w.ids != null">and t.id in
          <foreach item="id" collection="w.ids" open="(" separator="," close=")">#{id}</foreach></if>
      </where>
      """;

  /**
   * Conditions of a list; null does not narrow it.
   *
   * @param sourceAddress {@code source} as {@link TaskFilter#address} has it
   * @param textAddress {@code text} likewise
   */
  record Where(
      String states,
      String source,
      String sourceAddress,
      String target,
      String machine,
      String owner,
      String tag,
      Instant from,
      Instant before,
      String text,
      String textAddress,
      List<Long> ids) {}

  @Select(
      "<script>"
          + """
          select t.id, t.name, t.tags, t.owner, t.state, t.desired, t.state_since, t.overdue,
            t.fault_code, t.created_at, t.started_at, t.ended_at, s.source_label, s.target_label,
            s.machine_name, s.sync_mode, p.phase, p.percent, p.bytes_per_second,
            p.commands_per_second, p.lag_bytes, p.lag_millis, p.in_sync, p.left_millis, p.dead_letters,
            p.updated_at as heard_at,
            exists (select 1 from task_part part where part.whole_id = t.id) as in_parts,
            case when s.more_source_ids = '' then 0 else length(s.more_source_ids)
              - length(replace(s.more_source_ids, ',', '')) - 1 end as more_sources
          from task t join task_spec s on s.task_id = t.id
            left join task_progress p on p.task_id = t.id
          """
          + WHERE
          + " order by ${orderBy}, t.id desc limit #{limit} offset #{offset}</script>")
  List<TaskRow> search(@Param("w") Where where, String orderBy, int limit, int offset);

  @Select(
      "<script>select count(*) from task t join task_spec s on s.task_id = t.id "
          + WHERE
          + "</script>")
  long count(@Param("w") Where where);

  /** The machines of the parts of these tasks, each task's in the order of its parts. */
  @Select(
      """
      <script>
      select p.whole_id as task_id, s.machine_name
      from task_part p join task_spec s on s.task_id = p.part_id
      where p.whole_id in
      <foreach item="id" collection="ids" open="(" separator="," close=")">#{id}</foreach>
      order by p.whole_id, p.part_number
      </script>
      """)
  List<MachineOf> machinesOfParts(@Param("ids") Collection<Long> ids);

  /** The machines that these tasks are to be spread over, in their order; of those removed none. */
  @Select(
      """
      <script>
      select s.task_id, m.name as machine_name
      from task_spec s join machine m on s.spread_machine_ids like concat('%,', m.id, ',%')
      where s.spread_machine_ids &lt;&gt; '' and s.task_id in
      <foreach item="id" collection="ids" open="(" separator="," close=")">#{id}</foreach>
      order by s.task_id, locate(concat(',', m.id, ','), s.spread_machine_ids)
      </script>
      """)
  List<MachineOf> chosenMachines(@Param("ids") Collection<Long> ids);

  /** One of the machines of a task that is spread. */
  record MachineOf(long taskId, String machineName) {}

  @Select(
      """
      select distinct t.owner from task t
      where not exists (select 1 from task_part part where part.part_id = t.id) order by t.owner
      """)
  List<String> owners();

  @Select(
      """
      select distinct t.tags from task t
      where t.tags <> '' and not exists (select 1 from task_part part where part.part_id = t.id)
      """)
  List<String> tags();

  /** Tasks that are not done and have an end at a registered endpoint, newest first. */
  @Select(
      """
      select t.id, t.name, t.state from task t join task_spec s on s.task_id = t.id
      where t.state <> 'DONE'
        and not exists (select 1 from task_part part where part.part_id = t.id)
        and (s.source_endpoint_id = #{endpointId} or s.target_endpoint_id = #{endpointId}
          or s.more_source_ids like concat('%,', #{endpointId}, ',%'))
      order by t.id desc
      """)
  List<Named> ofEndpoint(long endpointId);

  /** A task's id, name and state. */
  record Named(long id, String name, TaskState state) {}
}
