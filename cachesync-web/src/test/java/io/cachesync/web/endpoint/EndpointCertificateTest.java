package io.cachesync.web.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;

import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.TlsIdentity;
import io.cachesync.testkit.Certificates;
import io.cachesync.web.security.ApiTokenService;
import io.cachesync.web.security.Role;
import io.cachesync.web.security.SystemActor;
import io.cachesync.web.testkit.ConsoleTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The certificate that an endpoint's servers are shown, as programs and people give it. */
@ConsoleTest
class EndpointCertificateTest {
  private static final String PATH = "/api/v1/endpoints/";

  @TempDir private static Path folder;
  private static Certificates ours;
  private static Certificates renewed;

  private final JsonMapper json = JsonMapper.shared();
  private final String name = "orders " + UUID.randomUUID();

  @Autowired private MockMvcTester mvc;
  @Autowired private ApiTokenService tokens;
  @Autowired private EndpointService endpoints;
  @Autowired private EndpointMapper mapper;
  @Autowired private JdbcTemplate jdbc;
  private String token;
  private long id;

  @BeforeAll
  static void make() {
    ours = Certificates.make(folder, "ours");
    renewed = Certificates.make(folder, "renewed");
  }

  @BeforeEach
  void oneEndpoint() throws IOException {
    token = SystemActor.call(() -> tokens.create("test", Role.OPERATOR, 1));
    Map<String, Object> body =
        Map.of(
            "name",
            name,
            "addresses",
            "rediss://10.0.0.1",
            "clientCertificate",
            Files.readString(ours.certificate()),
            "clientKey",
            Files.readString(ours.key()));
    MvcTestResult created =
        mvc.post()
            .uri("/api/v1/endpoints")
            .header("Authorization", "Bearer " + token)
            .contentType(MediaType.APPLICATION_JSON)
            .content(json.writeValueAsString(body))
            .exchange();
    assertThat(created).hasStatus(201).bodyText().doesNotContain("PRIVATE", "BEGIN");
    id = json.readTree(created.getResponse().getContentAsByteArray()).get("id").asLong();
  }

  @AfterEach
  void deleteIt() {
    SystemActor.run(() -> endpoints.delete(id));
  }

  @Test
  void isSealedAndGivenToAgentsOnly() throws IOException {
    TlsIdentity given = secrets().identity();
    assertThat(given.keyPem().strip()).isEqualTo(Files.readString(ours.key()).strip());
    assertThat(mapper.secrets(id).clientIdentity()).startsWith("v1:").doesNotContain("BEGIN");
    ObjectNode read = read();
    assertThat(read.get("clientSubject").asString()).isEqualTo("CN=ours");
    assertThat(read.get("clientFingerprint").asString()).hasSize(95);
    assertThat(read.toString()).doesNotContain("BEGIN", "identity");
    assertThat(audited()).startsWith("CN=ours, ").contains("SHA-256 ").doesNotContain("BEGIN");
  }

  @Test
  void staysRenewsAndGoesAway() throws IOException {
    String before = read().get("clientFingerprint").asString();
    assertThat(put(read().put("notes", "moves in May"))).hasStatusOk();
    assertThat(secrets().identity()).isNotNull();

    assertThat(put(given(read(), renewed))).hasStatusOk();
    assertThat(read().get("clientSubject").asString()).isEqualTo("CN=renewed");
    assertThat(read().get("clientFingerprint").asString()).isNotEqualTo(before);
    assertThat(audited()).startsWith("CN=renewed, ");

    assertThat(put(read().put("noClientCertificate", true))).hasStatusOk();
    assertThat(read().has("clientSubject")).isFalse();
    assertThat(secrets().identity()).isNull();
    assertThat(audited()).isEqualTo("-");
  }

  @Test
  void goesWithTls() {
    ObjectNode plain = read().put("tls", false);
    assertThat(put(plain)).hasStatusOk();
    assertThat(read().has("clientUntil")).isFalse();
    assertThat(mapper.secrets(id)).as("nothing is stored").isNull();
  }

  @ParameterizedTest
  @CsvSource({"addresses, 10.6.6.6:6379", "serverName, redis.example"})
  void isShownNowhereElse(String field, String value) {
    assertThat(put(read().put(field, value)))
        .hasStatus(422)
        .bodyText()
        .contains("\"field\":\"clientKey\"", "give the client certificate and its key again");
    assertThat(put(read().put("loginUser", "mig"))).hasStatusOk();
  }

  @Test
  void saysWhatIsWrongWithIt() throws IOException {
    assertThat(put(given(read(), ours.withKeyOf(renewed))))
        .hasStatus(422)
        .bodyText()
        .contains("\"field\":\"clientKey\"", "does not belong to the certificate of CN=ours");
    assertThat(put(read().put("clientCertificate", Files.readString(ours.certificate()))))
        .hasStatus(422)
        .bodyText()
        .contains("give the key too");
    assertThat(put(given(read(), ours).put("tls", false)))
        .hasStatus(422)
        .bodyText()
        .contains("over TLS only");
    assertThat(put(read().put("clientSubject", "CN=other")))
        .hasStatus(400)
        .bodyText()
        .contains("is CN=ours here");
  }

  @Test
  @WithMockUser(roles = "OPERATOR")
  void isToldOnItsPageAndWarnedOfBeforeItsEnd() {
    assertThat(page(""))
        .contains("CN=ours", read().get("clientFingerprint").asString(), "ends at 20")
        .doesNotContain("BEGIN");
    assertThat(page("/edit")).contains("Stored: CN=ours").doesNotContain("MII");

    until(Duration.ofDays(31));
    assertThat(page("")).contains("CN=ours").doesNotContain("renewed");
    until(Duration.ofDays(-1));
    assertThat(page("")).contains("no connection can be made with it");
  }

  @Test
  @WithMockUser(roles = "OPERATOR")
  void keepsATypedKeyThroughAnErrorElsewhere() throws IOException {
    String key = Files.readString(renewed.key());
    MvcTestResult answer =
        mvc.post()
            .uri("/endpoints/" + id + "/edit")
            .with(csrf())
            .param("name", "")
            .param("addresses", "10.0.0.1:6379")
            .param("tls", "true")
            .param("clientCertificate", Files.readString(renewed.certificate()))
            .param("clientKey", key)
            .exchange();
    assertThat(answer)
        .bodyText()
        .contains("name=\"kept\"", Files.readString(renewed.certificate()).lines().toList().get(1))
        .doesNotContain(key.lines().toList().get(1));
  }

  private void until(Duration fromNow) {
    jdbc.update(
        "update endpoint set client_until = ? where id = ?",
        Timestamp.from(Instant.now().plus(fromNow)),
        id);
  }

  private String page(String more) {
    MvcTestResult answer = mvc.get().uri("/endpoints/" + id + more).exchange();
    assertThat(answer).hasStatusOk();
    return new String(answer.getResponse().getContentAsByteArray(), StandardCharsets.UTF_8);
  }

  private EndpointSecrets secrets() {
    return SystemActor.call(() -> endpoints.secrets(id));
  }

  private String audited() {
    return jdbc.queryForObject(
        "select detail from audit_event where id = (select max(id) from audit_event"
            + " where action = 'endpoint.certificate' and subject = ?)",
        String.class,
        name);
  }

  private ObjectNode read() {
    MvcTestResult answer =
        mvc.get().uri(PATH + id).header("Authorization", "Bearer " + token).exchange();
    return (ObjectNode) json.readTree(answer.getResponse().getContentAsByteArray());
  }

  private static ObjectNode given(ObjectNode body, Certificates certificates) throws IOException {
    return body.put("clientCertificate", Files.readString(certificates.certificate()))
        .put("clientKey", Files.readString(certificates.key()));
  }

  private MvcTestResult put(ObjectNode body) {
    return mvc.put()
        .uri(PATH + id)
        .header("Authorization", "Bearer " + token)
        .header("Accept-Language", "en")
        .contentType(MediaType.APPLICATION_JSON)
        .content(body.toString())
        .exchange();
  }
}
