package io.cachesync.web.check;

import java.util.Optional;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Options;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;

/** The tables tool_package and tool_package_piece. */
@Mapper
interface ToolMapper {

  @Insert(
      """
      insert into tool_package (name, sha256, file_bytes, architecture, added_by, added_at)
      values (#{row.name}, #{row.sha256}, #{row.fileBytes}, #{row.architecture}, #{row.addedBy},
        #{row.addedAt})
      """)
  @Options(useGeneratedKeys = true, keyProperty = "made.id", keyColumn = "id")
  void insert(@Param("row") ToolPackage row, @Param("made") CheckMapper.NewId made);

  @Insert(
      """
      insert into tool_package_piece (package_id, piece_number, content)
      values (#{packageId}, #{number}, #{content})
      """)
  void insertPiece(
      @Param("packageId") long packageId,
      @Param("number") int number,
      @Param("content") byte[] content);

  /** The newest of a name. */
  @Select(
      """
      select id, name, sha256, file_bytes, architecture, added_by, added_at from tool_package
      where name = #{name} order by id desc limit 1
      """)
  Optional<ToolPackage> find(String name);

  /** Null behind the last. */
  @Select(
      """
      select content from tool_package_piece
      where package_id = #{packageId} and piece_number = #{number}
      """)
  ToolPiece piece(@Param("packageId") long packageId, @Param("number") int number);

  /** All of a name but one. */
  @Delete("delete from tool_package where name = #{name} and id <> #{id}")
  int deleteOthers(@Param("name") String name, @Param("id") long id);
}
