package io.cachesync.web.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.web.security.ApiTokenService;
import io.cachesync.web.security.Role;
import io.cachesync.web.security.SystemActor;
import io.cachesync.web.testkit.ConsoleTest;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A program that reads an endpoint and sends it back. */
@ConsoleTest
class EndpointApiTest {
  private static final String PATH = "/api/v1/endpoints/";

  private final JsonMapper json = JsonMapper.shared();
  private final String name = "orders " + UUID.randomUUID();

  @Autowired private MockMvcTester mvc;
  @Autowired private ApiTokenService tokens;
  @Autowired private EndpointService endpoints;
  private String token;
  private long id;

  @BeforeEach
  void oneEndpoint() {
    token = SystemActor.call(() -> tokens.create("test", Role.OPERATOR, 1));
    EndpointForm form =
        new EndpointForm(
            name, "Team", "prod, eu", "", "10.0.0.1", "mig", "s3cret", false, false, "", "", 0L);
    id = SystemActor.call(() -> endpoints.add(form)).id();
  }

  @AfterEach
  void deleteIt() {
    SystemActor.run(() -> endpoints.delete(id));
  }

  @Test
  void changesNothingByWhatWasRead() {
    Endpoint before = endpoints.get(id);
    assertThat(put(read())).hasStatusOk().bodyText().doesNotContain("s3cret");
    assertThat(endpoints.get(id))
        .usingRecursiveComparison()
        .ignoringFields("version", "updatedAt")
        .isEqualTo(before);
    assertThat(password()).isEqualTo("s3cret");
  }

  @Test
  void changesWhatIsAnother() {
    assertThat(put(read().put("notes", "moves in May").put("password", "rotated"))).hasStatusOk();
    assertThat(endpoints.get(id).notes()).isEqualTo("moves in May");
    assertThat(password()).isEqualTo("rotated");
    assertThat(put(read().put("noPassword", true))).hasStatusOk();
    assertThat(endpoints.get(id).hasSecret()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"addresses, 10.6.6.6:6379", "loginUser, mallory", "serverName, redis.example"})
  void sendsAStoredPasswordNowhereElse(String field, String value) {
    ObjectNode body = read().put("tls", true).put("password", "s3cret");
    assertThat(put(body)).hasStatusOk();
    assertThat(put(read().put(field, value)))
        .hasStatus(422)
        .bodyText()
        .contains("\"field\":\"password\"");
    assertThat(put(read().put("tls", false))).hasStatus(422);
  }

  @Test
  void refusesAnotherValueForWhatOnlyTheConsoleSets() {
    assertThat(put(read().put("id", id + 1)))
        .hasStatus(400)
        .bodyText()
        .contains("\"field\":\"id\"", "is " + id + " here");
    assertThat(put(read().put("topology", "CLUSTER")))
        .hasStatus(400)
        .bodyText()
        .contains("\"field\":\"topology\"");
    assertThat(put(read().put("hasSecret", false)))
        .hasStatus(400)
        .bodyText()
        .contains("\"field\":\"hasSecret\"");
    assertThat(password()).isEqualTo("s3cret");
  }

  @Test
  void namesEachWrongField() {
    assertThat(put(read().put("name", " ").put("caPem", "none")))
        .hasStatus(400)
        .bodyText()
        .contains("\"field\":\"name\"", "\"field\":\"caPem\"", "Please fill this in.");
  }

  @Test
  void refusesWhatSomebodyElseHasChanged() {
    ObjectNode read = read();
    assertThat(put(read)).hasStatusOk();
    assertThat(put(read)).hasStatus(409);
  }

  private ObjectNode read() {
    MvcTestResult answer =
        mvc.get().uri(PATH + id).header("Authorization", "Bearer " + token).exchange();
    return (ObjectNode) json.readTree(answer.getResponse().getContentAsByteArray());
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

  private String password() {
    return SystemActor.call(() -> endpoints.password(id));
  }
}
