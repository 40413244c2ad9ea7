package io.cachesync.web.agent;

import java.util.Optional;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;

/** The table job_token. */
@Mapper
interface JobTokenMapper {
  @Insert(
      """
      insert into job_token (token_sha256, job_id, incarnation)
      values (#{tokenSha256}, #{jobId}, #{incarnation})
      """)
  void insert(JobToken token);

  @Select(
      """
      select token_sha256, job_id, incarnation from job_token where token_sha256 = #{tokenSha256}
      """)
  Optional<JobToken> find(String tokenSha256);
}
