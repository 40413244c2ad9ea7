package io.cachesync.web.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A program that drives a console by its REST API. */
public final class RestClient {
  private final HttpClient http;
  private final JsonMapper json = JsonMapper.shared();
  private final String base;
  private final String token;

  /**
   * @param console {@code http://host:port}
   * @param token an API token, such as that of the first start
   */
  public RestClient(String console, String token) {
    this(console, token, HttpClient.newHttpClient());
  }

  /** With the token of its first start. */
  public RestClient(ConsoleProcess console) {
    this(console.url(), console.secret("first-token"), console.http());
  }

  private RestClient(String console, String token, HttpClient http) {
    this.http = http;
    this.base = console + "/api/v1";
    this.token = token;
  }

  /** The answer to a GET; anything but a success fails the test. */
  public JsonNode get(String path) {
    return send(path, "GET", BodyPublishers.noBody());
  }

  public JsonNode post(String path) {
    return send(path, "POST", BodyPublishers.noBody());
  }

  /**
   * @param body what becomes JSON
   */
  public JsonNode post(String path, Object body) {
    return send(path, "POST", BodyPublishers.ofString(json.writeValueAsString(body)));
  }

  /**
   * @param body what becomes JSON
   */
  public JsonNode put(String path, Object body) {
    return send(path, "PUT", BodyPublishers.ofString(json.writeValueAsString(body)));
  }

  /** The status of the answer to a request without a body, whatever it is. */
  public int status(String method, String path) {
    return answer(path, method, BodyPublishers.noBody()).statusCode();
  }

  /** The status of the answer to a DELETE, which may be refused. */
  public int delete(String path) {
    return answer(path, "DELETE", BodyPublishers.noBody()).statusCode();
  }

  private JsonNode send(String path, String method, HttpRequest.BodyPublisher body) {
    HttpResponse<String> answer = answer(path, method, body);
    assertThat(answer.statusCode()).as("%s %s: %s", method, path, answer.body()).isLessThan(300);
    return json.readTree(answer.body());
  }

  private HttpResponse<String> answer(String path, String method, HttpRequest.BodyPublisher body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .header("Accept-Language", "en")
            .method(method, body)
            .build();
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
