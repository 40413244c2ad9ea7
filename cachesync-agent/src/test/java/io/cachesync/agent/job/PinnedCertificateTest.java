package io.cachesync.agent.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PinnedCertificateTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir private Path folder;

  @Test
  void trustsTheOneCertificateWhateverItsNameAndNoOther() throws Exception {
    KeyStore keys = selfSigned();
    byte[] der = keys.getCertificate("console").getEncoded();
    String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der));
    HttpsServer console = start(keys);
    try {
      assertThat(get(console, sha256)).isEqualTo(204);
      assertThat(get(console, sha256.toUpperCase(java.util.Locale.ROOT))).isEqualTo(204);
      assertThatThrownBy(() -> get(console, "00".repeat(32))).isInstanceOf(IOException.class);
    } finally {
      console.stop(0);
    }
  }

  private static int get(HttpsServer console, String sha256) throws Exception {
    URI url = URI.create("https://127.0.0.1:" + console.getAddress().getPort() + "/");
    return HttpClient.newBuilder()
        .sslContext(PinnedCertificate.context(sha256))
        .build()
        .send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private static HttpsServer start(KeyStore keys) throws Exception {
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  /** The JDK has no public way to make a certificate but this tool of its own. */
  private KeyStore selfSigned() throws Exception {
    Path file = folder.resolve("console.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "console",
                "-keyalg",
                "EC",
                "-dname",
                "CN=someone-else",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                file.toString())
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    return keys;
  }
}
