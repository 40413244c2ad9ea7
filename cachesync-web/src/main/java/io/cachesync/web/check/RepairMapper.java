package io.cachesync.web.check;

import java.util.Optional;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;

/** The table data_repair. */
@Mapper
interface RepairMapper {
  /**
   * Which keys alone a check looks at.
   *
   * @param chosenKeys how many
   * @param ofCheckId the check that has found them, or null where it was deleted
   */
  record Scope(long chosenKeys, Long ofCheckId) {}

  @Insert(
      """
      insert into data_repair (check_id, of_check_id, choice_json, chosen_keys, unnamed_keys,
        deletes_extra, within_directory, within_task, undo_file, results_json)
      values (#{checkId}, #{ofCheckId}, #{choiceJson}, #{chosenKeys}, #{unnamedKeys},
        #{deletesExtra}, #{withinDirectory}, #{withinTask}, #{undoFile}, #{resultsJson})
      """)
  void insert(Repair repair);

  @Select(
      """
      select check_id, of_check_id, choice_json, chosen_keys, unnamed_keys, deletes_extra,
        within_directory, within_task, undo_file, report_json, results_json
      from data_repair where check_id = #{checkId}
      """)
  Optional<Repair> find(long checkId);

  /** Empty where a check repairs nothing, and so looks at all keys. */
  @Select(
      """
      select chosen_keys, of_check_id from data_repair where check_id = #{checkId}
      """)
  Optional<Scope> scope(long checkId);

  /** A check that is yet to repair, or does, what another one has found. */
  @Select(
      """
      select min(c.id) from data_repair r join data_check c on c.id = r.check_id
      where r.of_check_id = #{checkId}
        and c.state in ('QUEUED', 'RUNNING', 'RECOVERING', 'STOPPING', 'COLLECTING')
      """)
  Long openOf(long checkId);

  /** The same between two ends. */
  @Select(
      """
      select min(c.id) from data_check c join data_repair r on r.check_id = c.id
      where c.ends_hash = #{endsHash}
        and c.state in ('QUEUED', 'RUNNING', 'RECOVERING', 'STOPPING', 'COLLECTING')
      """)
  Long openOfEnds(String endsHash);

  @Update("update data_repair set report_json = #{json} where check_id = #{checkId}")
  int report(@Param("checkId") long checkId, @Param("json") String json);

  @Update("update data_repair set results_json = #{json} where check_id = #{checkId}")
  void results(@Param("checkId") long checkId, @Param("json") String json);
}
