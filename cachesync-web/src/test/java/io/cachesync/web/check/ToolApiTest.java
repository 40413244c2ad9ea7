package io.cachesync.web.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.web.security.ApiTokenService;
import io.cachesync.web.security.Role;
import io.cachesync.web.security.SystemActor;
import io.cachesync.web.testkit.ConsoleTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** redis-full-check as programs give it to the console, at the real server. */
@ConsoleTest
class ToolApiTest {
  private static final String TOOL = "/api/v1/full-check";
  private static final String FILE = TOOL + "/package";

  @LocalServerPort private int port;
  @Autowired private ApiTokenService tokens;

  @Test
  void isGivenSeenAndTakenAwayByAdministrators() throws Exception {
    byte[] program = new byte[3_500_000];
    System.arraycopy(
        new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0x3e, 0},
        0,
        program,
        0,
        20);
    String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(program));
    assertThat(send("PUT", FILE + "?sha256=" + "0".repeat(64), program, Role.ADMIN))
        .startsWith("422 ")
        .contains("\"field\":\"sha256\"", sha256);
    assertThat(send("GET", TOOL, null, Role.ADMIN)).isEqualTo("200 {\"inSettings\":false}");
    assertThat(send("PUT", FILE, new byte[100], Role.ADMIN))
        .startsWith("409 ")
        .contains("no program for Linux");
    assertThat(send("PUT", FILE, program, Role.OPERATOR)).startsWith("403 ");
    assertThat(send("GET", TOOL, null, Role.OPERATOR)).startsWith("403 ");

    String given = send("PUT", FILE + "?sha256=" + sha256, program, Role.ADMIN);
    assertThat(given).startsWith("200 ").contains(sha256, "\"x86-64\"", "\"fileBytes\":3500000");
    assertThat(send("GET", TOOL, null, Role.ADMIN)).contains(sha256, "\"inSettings\":false");
    assertThat(send("DELETE", FILE, null, Role.OPERATOR)).startsWith("403 ");
    assertThat(send("DELETE", FILE, null, Role.ADMIN)).startsWith("204 ");
    assertThat(send("DELETE", FILE, null, Role.ADMIN)).startsWith("404 ");
  }

  @Test
  void refusesAFileThatIsTooLargeAndFilesWhereNoneIsTaken() throws Exception {
    byte[] large = new byte[(int) ToolPackages.MOST_BYTES + 1];
    assertThat(send("PUT", FILE, large, Role.ADMIN)).startsWith("413 ");
    assertThat(send("POST", "/api/v1/tasks", new byte[100], Role.ADMIN)).startsWith("415 ");
  }

  @Test
  void standsInTheDescriptionAsAFile() throws Exception {
    assertThat(send("GET", "/v3/api-docs", null, Role.VIEWER))
        .contains("/api/v1/full-check/package", "\"format\":\"binary\"");
  }

  private String send(String method, String path, byte[] body, Role role) throws Exception {
    String token = SystemActor.call(() -> tokens.create("tool", role, 1));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Authorization", "Bearer " + token)
            .header("Accept-Language", "en");
    if (body == null) {
      request.method(method, BodyPublishers.noBody());
    } else {
      request
          .header("Content-Type", "application/octet-stream")
          .method(method, BodyPublishers.ofByteArray(body));
    }
    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    return answer.statusCode() + " " + answer.body();
  }
}
