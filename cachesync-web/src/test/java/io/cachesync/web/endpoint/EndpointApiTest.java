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
            name,
            "Team",
            "prod, eu",
            "",
            null,
            "10.0.0.1",
            "",
            "",
            "mig",
            "s3cret",
            false,
            "",
            "",
            false,
            false,
            "",
            "",
            "",
            "",
            false,
            0L);
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
    assertThat(put(read().put("hasSecret", false)))
        .hasStatus(400)
        .bodyText()
        .contains("\"field\":\"hasSecret\"");
    assertThat(password()).isEqualTo("s3cret");
  }

  @Test
  void takesNodesOfAClusterAndWhereTheyAreReached() {
    ObjectNode body = read().put("topology", "CLUSTER").put("password", "s3cret");
    body.putArray("addresses").add("10.0.0.1:7000").add("10.0.0.2:7000");
    body.putObject("addressMap").put("10.9.0.1:7000", "10.0.0.1:7000");
    assertThat(put(body)).hasStatusOk();

    ObjectNode read = read();
    assertThat(read.get("topology").asString()).isEqualTo("CLUSTER");
    assertThat(read.get("addresses").asString()).isEqualTo("10.0.0.1:7000\n10.0.0.2:7000");
    assertThat(read.get("addressMap").get("10.9.0.1:7000").asString()).isEqualTo("10.0.0.1:7000");
    assertThat(put(read)).hasStatusOk();
    read = read();
    read.remove("addressMap");
    read.remove("topology");
    assertThat(put(read)).hasStatusOk();
    assertThat(endpoints.get(id).toContract().addressMap()).hasSize(1);
    assertThat(password()).isEqualTo("s3cret");
  }

  @Test
  void saysWhatIsWrongWithNodesAndMap() {
    ObjectNode body = read().put("topology", "CLUSTER").put("addresses", "a:1\nb:99999");
    assertThat(put(body))
        .hasStatus(422)
        .bodyText()
        .contains("\"field\":\"addresses\"", "Line 2: “b:99999” has a port that does not exist.");
    body = read().put("topology", "CLUSTER");
    body.putObject("addressMap").put("a", "b:1");
    assertThat(put(body)).hasStatus(422).bodyText().contains("\"field\":\"addressMap\"");
    body.putArray("addressMap");
    assertThat(put(body)).hasStatus(400).bodyText().contains("\"field\":\"addressMap\"");
    body = read();
    body.putArray("addresses").add(7);
    assertThat(put(body)).hasStatus(400).bodyText().contains("\"field\":\"addresses\"");
    assertThat(put(read().put("topology", "PROXY")))
        .hasStatus(422)
        .bodyText()
        .contains("\"field\":\"topology\"");
  }

  @Test
  void takesSentinelsAndTheNameOfTheirMaster() {
    assertThat(put(read().put("topology", "SENTINEL").put("addresses", "10.0.0.1:6379")))
        .hasStatus(422)
        .bodyText()
        .contains("\"field\":\"masterName\"");
    ObjectNode body = read().put("topology", "SENTINEL").put("masterName", "orders");
    assertThat(put(body)).hasStatusOk();
    ObjectNode read = read();
    assertThat(read.get("masterName").asString()).isEqualTo("orders");
    read.remove("masterName");
    assertThat(put(read)).hasStatusOk();
    assertThat(endpoints.get(id).toContract().masterName()).isEqualTo("orders");
    assertThat(put(read().put("masterName", "evil")))
        .hasStatus(422)
        .bodyText()
        .contains("\"field\":\"password\"");
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
    return SystemActor.call(() -> endpoints.secrets(id).password());
  }
}
