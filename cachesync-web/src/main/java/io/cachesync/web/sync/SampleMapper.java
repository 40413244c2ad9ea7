package io.cachesync.web.sync;

import java.util.List;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;

/** The table link_sample. */
@Mapper
interface SampleMapper {

  /** The last sample of a bucket stands for it. */
  @Insert(
      """
      insert into link_sample (task_id, resolution, bucket, bytes_per_second, commands_per_second,
        lag_bytes, lag_millis)
      values (#{taskId}, #{resolution}, #{bucket}, #{bytesPerSecond}, #{commandsPerSecond},
        #{lagBytes}, #{lagMillis})
      on duplicate key update bytes_per_second = values(bytes_per_second),
        commands_per_second = values(commands_per_second), lag_bytes = values(lag_bytes),
        lag_millis = values(lag_millis)
      """)
  void put(Sample sample);

  @Select(
      """
      select task_id, resolution, bucket, bytes_per_second, commands_per_second, lag_bytes,
        lag_millis
      from link_sample
      where task_id = #{taskId} and resolution = #{resolution} and bucket > #{after}
      order by bucket
      """)
  List<Sample> after(long taskId, int resolution, long after);

  @Delete(
      """
      delete from link_sample
      where task_id = #{taskId} and resolution = #{resolution} and bucket < #{before}
      """)
  int trim(long taskId, int resolution, long before);
}
