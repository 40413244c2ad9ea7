package io.cachesync.web.sync;

import java.util.Optional;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;

/** The table host_loss. */
@Mapper
interface HostLossMapper {
  @Select("select task_id, machine_id, since, gone from host_loss where task_id = #{taskId}")
  Optional<HostLoss> find(long taskId);

  @Insert(
      """
      insert into host_loss (task_id, machine_id, since, gone)
      values (#{taskId}, #{machineId}, #{since}, #{gone})
      on duplicate key update machine_id = values(machine_id), since = values(since),
        gone = values(gone)
      """)
  void put(HostLoss loss);

  @Delete("delete from host_loss where task_id = #{taskId}")
  void delete(long taskId);
}
