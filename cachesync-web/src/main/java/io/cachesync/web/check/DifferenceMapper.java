package io.cachesync.web.check;

import io.cachesync.contract.DifferenceKind;
import java.util.List;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;

/** The table data_check_difference. */
@Mapper
interface DifferenceMapper {
  String COLUMNS =
      """
      id, check_id, key_id, db_number, key_text, key_base64, type, kind, field_text, field_base64,
      source_value, target_value, read_at, round_number, source_offset, further, source_number
      """;

  String WHERE =
      """
      where check_id = #{checkId}
        <if test="w.text != null">and lower(key_text) like #{w.text} escape '!'</if>
        <if test="w.kind != null">and kind = #{w.kind}</if>
        <if test="w.type != null">and type = #{w.type}</if>
        <if test="w.database != null">and db_number = #{w.database}</if>
      """;

  String OTHER =
      """
      <if test="!inBoth">not</if> exists (select 1 from data_check_difference o
        where o.check_id = #{otherId} and o.key_id = d.key_id)
      """;

  /** Conditions of a list; null does not narrow it. */
  record Where(String text, DifferenceKind kind, String type, Integer database) {}

  /** How many keys differ so; a key may stand at several kinds. */
  record Count(String name, long keyCount) {}

  @Insert(
      "<script>"
          + """
          insert into data_check_difference (check_id, key_id, db_number, key_text, key_base64, type,
            kind, field_text, field_base64, source_value, target_value, read_at, round_number,
            source_offset, further, source_number) values
          <foreach item="row" collection="rows" separator=",">
            (#{row.checkId}, #{row.keyId}, #{row.dbNumber}, #{row.keyText}, #{row.keyBase64},
             #{row.type}, #{row.kind}, #{row.fieldText}, #{row.fieldBase64}, #{row.sourceValue},
             #{row.targetValue}, #{row.readAt}, #{row.roundNumber}, #{row.sourceOffset},
             #{row.further}, #{row.sourceNumber})
          </foreach>
          """
          + "</script>")
  void insert(@Param("rows") List<DifferenceRow> rows);

  @Delete("delete from data_check_difference where check_id = #{checkId}")
  void deleteOf(long checkId);

  /** Ids of keys, in the order in which they were told. */
  @Select(
      "<script>select key_id from data_check_difference "
          + WHERE
          + " group by key_id order by min(id) limit #{limit} offset #{offset}</script>")
  List<String> keys(
      @Param("checkId") long checkId,
      @Param("w") Where where,
      @Param("limit") int limit,
      @Param("offset") int offset);

  @Select("<script>select count(distinct key_id) from data_check_difference " + WHERE + "</script>")
  long countKeys(@Param("checkId") long checkId, @Param("w") Where where);

  /** Ids of keys that differ in one check and, as asked, in another too or not. */
  @Select(
      "<script>select d.key_id from data_check_difference d where d.check_id = #{checkId} and "
          + OTHER
          + " group by d.key_id order by min(d.id) limit #{limit} offset #{offset}</script>")
  List<String> keysBeside(
      @Param("checkId") long checkId,
      @Param("otherId") long otherId,
      @Param("inBoth") boolean inBoth,
      @Param("limit") int limit,
      @Param("offset") int offset);

  @Select(
      "<script>select count(distinct d.key_id) from data_check_difference d"
          + " where d.check_id = #{checkId} and "
          + OTHER
          + "</script>")
  long countBeside(
      @Param("checkId") long checkId,
      @Param("otherId") long otherId,
      @Param("inBoth") boolean inBoth);

  /** All that is unlike in some keys. */
  @Select(
      "<script>select "
          + COLUMNS
          + " from data_check_difference where check_id = #{checkId} and key_id in <foreach"
          + " item='key' collection='keys' open='(' separator=',' close=')'>#{key}</foreach> order"
          + " by id</script>")
  List<DifferenceRow> ofKeys(@Param("checkId") long checkId, @Param("keys") List<String> keys);

  /** The first thing that is unlike in each of some keys. */
  @Select(
      "<script>select "
          + COLUMNS
          + " from data_check_difference where id in (select min(id) from data_check_difference"
          + " where check_id = #{checkId} and key_id in <foreach item='key' collection='keys'"
          + " open='(' separator=',' close=')'>#{key}</foreach> group by key_id) order by"
          + " id</script>")
  List<DifferenceRow> firstOfKeys(@Param("checkId") long checkId, @Param("keys") List<String> keys);

  /** The next ones behind an id, for an export. */
  @Select(
      "select "
          + COLUMNS
          + " from data_check_difference where check_id = #{checkId} and id > #{after}"
          + " order by id limit #{limit}")
  List<DifferenceRow> after(
      @Param("checkId") long checkId, @Param("after") long after, @Param("limit") int limit);

  @Select(
      "select type as name, count(distinct key_id) as key_count from data_check_difference"
          + " where check_id = #{checkId} group by type order by type")
  List<Count> types(long checkId);

  @Select(
      "select kind as name, count(distinct key_id) as key_count from data_check_difference"
          + " where check_id = #{checkId} group by kind order by kind")
  List<Count> kinds(long checkId);

  @Select(
      "select distinct db_number from data_check_difference where check_id = #{checkId}"
          + " order by db_number")
  List<Integer> databases(long checkId);
}
