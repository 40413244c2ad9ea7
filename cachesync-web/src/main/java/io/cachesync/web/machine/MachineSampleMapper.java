package io.cachesync.web.machine;

import java.time.Instant;
import java.util.List;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;

/** The table machine_sample. */
@Mapper
interface MachineSampleMapper {
  @Insert(
      """
      insert into machine_sample (machine_id, at, cpu_percent, load_average, memory_used_bytes,
        memory_bytes, disk_free_bytes, disk_bytes, received_per_second, sent_per_second)
      values (#{machineId}, #{at}, #{cpuPercent}, #{loadAverage}, #{memoryUsedBytes},
        #{memoryBytes}, #{diskFreeBytes}, #{diskBytes}, #{receivedPerSecond}, #{sentPerSecond})
      """)
  void insert(MachineSample sample);

  @Select(
      """
      select machine_id, at, cpu_percent, load_average, memory_used_bytes, memory_bytes,
        disk_free_bytes, disk_bytes, received_per_second, sent_per_second
      from machine_sample where machine_id = #{machineId} and at > #{since} order by at
      """)
  List<MachineSample> since(long machineId, Instant since);

  @Select(
      """
      select s.machine_id, s.at, s.cpu_percent, s.load_average, s.memory_used_bytes, s.memory_bytes,
        s.disk_free_bytes, s.disk_bytes, s.received_per_second, s.sent_per_second
      from machine_sample s
      join (select machine_id, max(at) as newest from machine_sample group by machine_id) n
        on n.machine_id = s.machine_id and n.newest = s.at
      """)
  List<MachineSample> newest();

  @Delete("delete from machine_sample where machine_id = #{machineId} and at < #{before}")
  int deleteBefore(long machineId, Instant before);

  @Delete("delete from machine_sample where machine_id = #{machineId}")
  int delete(long machineId);
}
