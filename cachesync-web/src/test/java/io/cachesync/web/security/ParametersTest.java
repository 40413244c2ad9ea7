package io.cachesync.web.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.web.testkit.ConsoleTest;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Addresses and forms that cannot be read as text, at the real server; no client sends them. */
@ConsoleTest
class ParametersTest {
  @LocalServerPort private int port;
  @Autowired private ApiTokenService tokens;

  @Test
  void refusesWhatIsNoTextInTheLanguageOfTheReader() throws Exception {
    for (String path :
        List.of("/checks?text=%ff", "/sign-in?x=%zz", "/?%ff=1", "/tasks/new?a=1&b=%c3%28")) {
      assertThat(get(path, "Accept-Language: en"))
          .as(path)
          .startsWith("HTTP/1.1 400")
          .contains("Content-Security-Policy", "characters that are not UTF-8");
    }
    assertThat(get("/checks?text=%ff", "Accept-Language: zh-CN"))
        .startsWith("HTTP/1.1 400")
        .contains("含有不是 UTF-8 的字符");
    assertThat(get("/sign-in?text=%c3%a9", "Accept-Language: en")).startsWith("HTTP/1.1 200");
  }

  @Test
  void refusesAFormThatIsNoText() throws Exception {
    for (String path : List.of("/sign-in", "/checks/new")) {
      assertThat(post(path, "name=%ff&password=x"))
          .as(path)
          .startsWith("HTTP/1.1 400")
          .contains("characters that are not UTF-8");
    }
  }

  @Test
  void tellsProgramsAsAProblem() throws Exception {
    String token = SystemActor.call(() -> tokens.create("parameters", Role.VIEWER, 1));
    assertThat(get("/api/v1/checks?text=%ff", "Authorization: Bearer " + token))
        .startsWith("HTTP/1.1 400")
        .contains("application/problem+json", "characters that are not UTF-8");
  }

  private String get(String path, String header) throws Exception {
    return send("GET " + path + " HTTP/1.1\r\n" + header + "\r\n", "");
  }

  private String post(String path, String form) throws Exception {
    return send(
        "POST " + path + " HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n", form);
  }

  private String send(String head, String body) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      String request =
          head
              + "Host: console\r\nConnection: close\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body;
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
