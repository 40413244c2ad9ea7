package io.cachesync.web.machine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;

/** The table machine. */
@Mapper
interface MachineMapper {
  String COLUMNS =
      """
      id, name, host, port, login_user, login_kind, tags, capacity, base_dir, host_key, state,
      fault_code, fault_arguments, fault_at, seen_at, os, cpu_count, memory_bytes, java_path,
      java_version, base_path, agent_sha256, report_route, forward_port, created_at
      """;

  @Insert(
      """
      insert into machine (name, host, port, login_user, login_kind, tags, capacity, base_dir,
        host_key, state, cpu_count, memory_bytes, report_route, forward_port, created_at, secret,
        passphrase, sample_due_at)
      values (#{machine.name}, #{machine.host}, #{machine.port}, #{machine.loginUser},
        #{machine.loginKind}, #{machine.tags}, #{machine.capacity}, #{machine.baseDir},
        #{machine.hostKey}, #{machine.state}, 0, 0, #{machine.reportRoute}, 0,
        #{machine.createdAt}, #{login.secret}, #{login.passphrase}, #{machine.createdAt})
      """)
  void insert(Machine machine, MachineLogin login);

  @Select("select " + COLUMNS + " from machine where id = #{id}")
  Optional<Machine> find(long id);

  @Select("select " + COLUMNS + " from machine where name = #{name}")
  Optional<Machine> findByName(String name);

  @Select("select " + COLUMNS + " from machine order by name, id")
  List<Machine> all();

  @Select("select login_kind, secret, passphrase from machine where id = #{id}")
  Optional<MachineLogin> login(long id);

  @Update(
      """
      update machine set name = #{name}, host = #{host}, port = #{port}, login_user = #{loginUser},
        login_kind = #{loginKind}, tags = #{tags}, capacity = #{capacity}, base_dir = #{baseDir},
        host_key = #{hostKey}, base_path = #{basePath}, agent_sha256 = #{agentSha256},
        state = #{state}
      where id = #{id}
      """)
  int update(Machine machine);

  @Update(
      """
      update machine set secret = #{login.secret}, passphrase = #{login.passphrase},
        login_kind = #{login.loginKind}
      where id = #{id}
      """)
  int updateLogin(long id, MachineLogin login);

  @Update("update machine set state = #{state} where id = #{id}")
  int updateState(long id, MachineState state);

  @Update(
      """
      update machine set host_key = #{hostKey}, fault_code = null, fault_arguments = null,
        fault_at = null
      where id = #{id}
      """)
  int updateHostKey(long id, String hostKey);

  @Update(
      """
      update machine set os = #{facts.os}, cpu_count = #{facts.cpuCount},
        memory_bytes = #{facts.memoryBytes}, java_path = #{facts.javaPath},
        java_version = #{facts.javaVersion}, base_path = #{facts.basePath}
      where id = #{id}
      """)
  int updateFacts(long id, MachineFacts facts);

  @Update("update machine set agent_sha256 = #{sha256}, state = 'READY' where id = #{id}")
  int updateAgent(long id, String sha256);

  @Update("update machine set report_route = #{route} where id = #{id}")
  int updateRoute(long id, ReportRoute route);

  @Update("update machine set forward_port = #{port} where id = #{id}")
  int updateForwardPort(long id, int port);

  /** Seen well: it answered to the confirmed key. */
  @Update(
      """
      update machine set seen_at = #{at}, fault_code = null, fault_arguments = null, fault_at = null
      where id = #{id}
      """)
  int seen(long id, Instant at);

  @Update(
      """
      update machine set fault_code = #{code}, fault_arguments = #{arguments}, fault_at = #{at}
      where id = #{id} and (fault_code is null or fault_code <> #{code})
      """)
  int failed(long id, String code, String arguments, Instant at);

  @Select(
      """
      select id from machine
      where host_key is not null and sample_due_at <= #{now}
        and (fault_code is null or fault_code <> 'HOST_KEY_CHANGED')
      """)
  List<Long> dueForSample(Instant now);

  /**
   * Takes this sample for one console.
   *
   * @return 1, or 0 when another console took it
   */
  @Update("update machine set sample_due_at = #{next} where id = #{id} and sample_due_at <= #{now}")
  int takeSample(long id, Instant now, Instant next);

  @Update(
      """
      update machine set forward_owner = #{owner}, forward_until = #{until}
      where id = #{id}
        and (forward_owner = #{owner} or forward_until is null or forward_until < #{now})
      """)
  int takeForward(long id, String owner, Instant now, Instant until);

  @Update("update machine set forward_until = null where id = #{id} and forward_owner = #{owner}")
  int giveForward(long id, String owner);

  @Delete("delete from machine where id = #{id}")
  int delete(long id);
}
