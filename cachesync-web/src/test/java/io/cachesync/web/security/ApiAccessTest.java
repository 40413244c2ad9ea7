package io.cachesync.web.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.web.testkit.ConsoleTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** What a program meets before it reaches a controller. */
@ConsoleTest
class ApiAccessTest {
  @LocalServerPort private int port;
  @Autowired private ApiTokenService tokens;
  @Autowired private ApiTokenMapper mapper;

  @Autowired
  @Qualifier("requestMappingHandlerMapping")
  private RequestMappingHandlerMapping routes;

  @Test
  void wantsATokenAndSaysSoAsAProblem() throws Exception {
    HttpResponse<String> answer = get("/api/v1/nothing", null);

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(answer.body()).contains("\"detail\":\"Send a valid API token");
  }

  @Test
  void answersUnknownAddressesAsAProblem() throws Exception {
    HttpResponse<String> answer = get("/api/v1/nothing", token(Role.VIEWER));

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
  }

  @Test
  void viewersChangeNothing() throws Exception {
    assertThat(post("/api/v1/nothing", token(Role.VIEWER)).statusCode()).isEqualTo(403);
    assertThat(post("/api/v1/nothing", token(Role.OPERATOR)).statusCode()).isEqualTo(404);
  }

  @Test
  void aRevokedTokenIsRefused() throws Exception {
    String token = token(Role.ADMIN);
    ApiToken row = mapper.findByHash(ApiTokenService.hash(token));
    SystemActor.run(() -> tokens.revoke(row.id()));

    assertThat(get("/api/v1/nothing", token).statusCode()).isEqualTo(401);
  }

  @Test
  void metricsWantATokenAndHealthDoesNot() throws Exception {
    assertThat(get("/actuator/health", null).body()).contains("UP").doesNotContain("components");
    assertThat(get("/actuator/prometheus", null).statusCode()).isEqualTo(401);
    assertThat(get("/actuator/prometheus", token(Role.VIEWER)).body()).contains("jvm_memory");
    assertThat(get("/actuator/env", token(Role.ADMIN)).statusCode()).isEqualTo(404);
  }

  @Test
  void aBodyThatIsTooLargeIsRefusedWhetherItTellsItsLengthOrNot() throws Exception {
    byte[] body = ("{\"name\":\"" + "x".repeat(3_000_000) + "\"}").getBytes(UTF_8);

    for (BodyPublisher publisher :
        List.of(
            BodyPublishers.ofByteArray(body),
            BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))) {
      HttpResponse<String> answer =
          send(
              request("/api/v1/tasks", token(Role.OPERATOR))
                  .header("Content-Type", "application/json")
                  .POST(publisher));

      assertThat(answer.statusCode()).isEqualTo(413);
      assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
      assertThat(answer.body()).contains("at most 2 MB");
    }
  }

  @Test
  void describesItself() throws Exception {
    assertThat(get("/v3/api-docs", token(Role.VIEWER)).body()).contains("\"openapi\"");
  }

  @Test
  void everyBodyWithAFieldThatDoesNotExistIsRefused() throws Exception {
    String token = token(Role.ADMIN);
    Map<String, String> bodies = bodies();
    assertThat(bodies).containsKeys("/api/v1/tasks", "/api/v1/tasks/1/precheck/acknowledge");
    for (Map.Entry<String, String> body : bodies.entrySet()) {
      HttpResponse<String> answer =
          send(body.getValue(), body.getKey(), token, "{\"nmae\": \"a\"}");
      assertThat(answer.statusCode()).as(body + ": " + answer.body()).isEqualTo(400);
      assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
      assertThat(answer.body())
          .contains("\"field\":\"nmae\"", "There is no field “nmae” here; there is ");
    }
  }

  @Test
  void namesTheFieldInsideAnotherAndTheOneWithAWrongValue() throws Exception {
    String token = token(Role.OPERATOR);
    assertThat(
            send("POST", "/api/v1/tasks", token, "{\"source\": {\"pasword\": \"s3cret\"}}").body())
        .contains(
            "\"field\":\"source.pasword\"",
            "address, addressMap, addresses, caPem, endpoint, masterName, password,"
                + " sentinelPassword, sentinelUser, tls, topology, user")
        .doesNotContain("s3cret");
    assertThat(send("POST", "/api/v1/tasks", token, "{\"onExists\": \"REPLCE\"}").body())
        .contains("\"field\":\"onExists\"", "The value of “onExists” has the wrong form");
    assertThat(send("POST", "/api/v1/tasks", token, "{\"databases\": [1, \"x\"]}").body())
        .contains("\"field\":\"databases[1]\"");
  }

  @Test
  void aLimitThatIsLeftOutIsNoError() throws Exception {
    String token = token(Role.OPERATOR);
    HttpResponse<String> answer =
        send("PUT", "/api/v1/tasks/404/limits", token, "{\"bytesPerSecond\": 1}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(404);
  }

  /** Addresses with the method by which they take JSON. */
  private Map<String, String> bodies() {
    Map<String, String> found = new LinkedHashMap<>();
    routes
        .getHandlerMethods()
        .forEach(
            (route, handler) -> {
              if (Stream.of(handler.getMethodParameters())
                  .anyMatch(parameter -> parameter.hasParameterAnnotation(RequestBody.class))) {
                String method = route.getMethodsCondition().getMethods().iterator().next().name();
                for (String pattern : route.getPatternValues()) {
                  found.put(pattern.replaceAll("\\{[^}]+}", "1"), method);
                }
              }
            });
    return found;
  }

  private HttpResponse<String> send(String method, String path, String token, String json)
      throws IOException, InterruptedException {
    return send(
        request(path, token)
            .header("Content-Type", "application/json")
            .header("Accept-Language", "en")
            .method(method, HttpRequest.BodyPublishers.ofString(json)));
  }

  private String token(Role role) {
    return SystemActor.call(() -> tokens.create("test", role, 1));
  }

  private HttpResponse<String> get(String path, String token)
      throws IOException, InterruptedException {
    return send(request(path, token).GET());
  }

  private HttpResponse<String> post(String path, String token)
      throws IOException, InterruptedException {
    return send(request(path, token).POST(HttpRequest.BodyPublishers.noBody()));
  }

  private HttpRequest.Builder request(String path, String token) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
            .header("Accept", "*/*");
    return token == null ? request : request.header("Authorization", "Bearer " + token);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }
}
