package io.cachesync.web.endpoint;

import java.util.List;
import java.util.Optional;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;

/** The table endpoint. */
@Mapper
interface EndpointMapper {
  String COLUMNS =
      """
      id, name, owner, tags, notes, topology, addresses,
      coalesce(address_map, '') as address_map, master_name, login_user,
      (secret is not null) as has_secret, sentinel_user,
      (sentinel_secret is not null) as has_sentinel_secret, tls, ca_pem, server_name,
      client_subject, client_issuer, client_until, client_fingerprint, version, created_at, updated_at
      """;

  String WHERE =
      """
      <where>
        <if test="w.text != null">and (lower(name) like #{w.text} escape '!'
          or lower(addresses) like #{w.text} escape '!'
          or lower(address_map) like #{w.text} escape '!'
          or lower(master_name) like #{w.text} escape '!' or lower(notes) like #{w.text} escape '!')</if>
        <if test="w.owner != null">and lower(owner) like #{w.owner} escape '!'</if>
        <if test="w.tag != null">and lower(tags) like #{w.tag} escape '!'</if>
      </where>
      """;

  /** Its passwords, and the certificate to show with its key, encrypted; null for none. */
  record Sealed(String password, String sentinelPassword, String clientIdentity) {
    @Override
    public String toString() {
      return "Sealed[masked]";
    }
  }

  /** Patterns of a list; null does not narrow it. */
  record Where(String text, String owner, String tag) {}

  @Insert(
      """
      insert into endpoint (name, owner, tags, notes, topology, addresses, address_map, master_name,
        login_user, secret, sentinel_user, sentinel_secret, tls, ca_pem, server_name,
        client_identity, client_subject, client_issuer, client_until, client_fingerprint, version, created_at, updated_at)
      values (#{row.name}, #{row.owner}, #{row.tags}, #{row.notes}, #{row.topology},
        #{row.addresses}, #{row.addressMap}, #{row.masterName},
        #{row.loginUser}, #{secrets.password}, #{row.sentinelUser}, #{secrets.sentinelPassword},
        #{row.tls}, #{row.caPem},
        #{row.serverName}, #{secrets.clientIdentity}, #{row.clientSubject}, #{row.clientIssuer},
        #{row.clientUntil}, #{row.clientFingerprint}, 0, #{row.createdAt}, #{row.updatedAt})
      """)
  void insert(@Param("row") Endpoint row, @Param("secrets") Sealed secrets);

  @Select("select " + COLUMNS + " from endpoint where id = #{id}")
  Optional<Endpoint> find(long id);

  @Select("select " + COLUMNS + " from endpoint where name = #{name}")
  Optional<Endpoint> findByName(String name);

  @Select("select " + COLUMNS + " from endpoint order by name, id")
  List<Endpoint> all();

  @Select(
      "<script>select "
          + COLUMNS
          + " from endpoint "
          + WHERE
          + " order by ${orderBy}, id limit #{limit} offset #{offset}</script>")
  List<Endpoint> search(
      @Param("w") Where where,
      @Param("orderBy") String orderBy,
      @Param("limit") int limit,
      @Param("offset") int offset);

  @Select("<script>select count(*) from endpoint " + WHERE + "</script>")
  long count(@Param("w") Where where);

  @Select(
      """
      select secret as password, sentinel_secret as sentinel_password, client_identity
      from endpoint where id = #{id}
      """)
  Sealed secrets(long id);

  /**
   * Writes a changed row, if nobody did so since its version was read.
   *
   * @return 1, or 0 when the row has moved on
   */
  @Update(
      """
      update endpoint set name = #{name}, owner = #{owner}, tags = #{tags}, notes = #{notes},
        topology = #{topology}, addresses = #{addresses}, address_map = #{addressMap},
        master_name = #{masterName},
        login_user = #{loginUser}, sentinel_user = #{sentinelUser}, tls = #{tls},
        ca_pem = #{caPem}, server_name = #{serverName},
        client_subject = #{clientSubject}, client_issuer = #{clientIssuer},
        client_until = #{clientUntil}, client_fingerprint = #{clientFingerprint}, updated_at = #{updatedAt},
        version = version + 1
      where id = #{id} and version = #{version}
      """)
  int update(Endpoint row);

  @Update("update endpoint set secret = #{secret} where id = #{id}")
  void updateSecret(@Param("id") long id, @Param("secret") String secret);

  @Update("update endpoint set sentinel_secret = #{secret} where id = #{id}")
  void updateSentinelSecret(@Param("id") long id, @Param("secret") String secret);

  @Update("update endpoint set client_identity = #{sealed} where id = #{id}")
  void updateClientIdentity(@Param("id") long id, @Param("sealed") String sealed);

  @Delete("delete from endpoint where id = #{id}")
  int delete(long id);
}
