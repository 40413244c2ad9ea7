package io.cachesync.web.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a browser does with forms: keeps cookies, sends the token of the page it is on. */
public final class Browser {
  private static final Pattern TOKEN =
      Pattern.compile("<meta name=\"csrf-token\" content=\"([^\"]+)\"");

  private final HttpClient http;
  private final String base;
  private String token = "";

  public Browser(String base) {
    this(
        base,
        HttpClient.newBuilder()
            .cookieHandler(new CookieManager())
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build());
  }

  private Browser(String base, HttpClient http) {
    this.base = base;
    this.http = http;
  }

  /** The same browser, cookies included, at another console of the same host. */
  public Browser at(String otherBase) {
    return new Browser(otherBase, http);
  }

  /** A page, redirects followed. */
  public HttpResponse<String> get(String path) {
    return send(HttpRequest.newBuilder(URI.create(base + path)).GET());
  }

  /** Opens a stream of events; its lines end when the console ends it. */
  public Stream<String> lines(String path) {
    try {
      return http.send(
              HttpRequest.newBuilder(URI.create(base + path))
                  .header("Accept", "text/event-stream")
                  .build(),
              BodyHandlers.ofLines())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Posts a form as from the page that was seen last; fields are name, value, name, value. */
  public HttpResponse<String> post(String path, String... fields) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("_csrf", token);
    for (int i = 0; i < fields.length; i += 2) {
      form.put(fields[i], fields[i + 1]);
    }
    String body =
        form.entrySet().stream()
            .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
            .collect(Collectors.joining("&"));
    return send(
        HttpRequest.newBuilder(URI.create(base + path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(body)));
  }

  public HttpResponse<String> signIn(String name, String password) {
    get("/sign-in");
    HttpResponse<String> answer = post("/sign-in", "name", name, "password", password);
    // The session and its token are new after a sign-in.
    return answer.statusCode() == 200 ? get(answer.uri().getPath() + query(answer)) : answer;
  }

  private static String query(HttpResponse<String> answer) {
    String query = answer.uri().getRawQuery();
    return query == null ? "" : "?" + query;
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> answer =
          http.send(
              request.header("Accept", "text/html").header("Accept-Language", "en").build(),
              BodyHandlers.ofString());
      Matcher found = TOKEN.matcher(answer.body());
      if (found.find()) {
        token = found.group(1);
      }
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
