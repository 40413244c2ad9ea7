package io.cachesync.agent.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.TlsSpec;
import io.cachesync.contract.Topology;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a connection says of servers that misbehave, played by a socket. */
class RedisConnectionTest {
  private static final RedisTimeouts SHORT =
      new RedisTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(2));

  @TempDir Path folder;

  @Test
  void tellsWhatKeepsItFromAServer() throws IOException {
    try (ServerSocket listener = listen()) {
      int free;
      try (ServerSocket closed = listen()) {
        free = closed.getLocalPort();
      }
      assertThat(connectFault("127.0.0.1:" + free, null)).isEqualTo(FaultCode.CONNECTION_REFUSED);
      assertThat(connectFault("no-such-host.invalid:1", null)).isEqualTo(FaultCode.ADDRESS_UNKNOWN);
      assertThat(connectFault("not an:address", null)).isEqualTo(FaultCode.ADDRESS_UNKNOWN);
      assertThat(listener.isBound()).isTrue();
    }
  }

  @Test
  void tellsSilenceNoiseAndTheEndApart() throws Exception {
    assertThat(callFault("")).isEqualTo(FaultCode.CONNECTION_TIMEOUT);
    assertThat(callFault("+PO")).isEqualTo(FaultCode.CONNECTION_TIMEOUT);
    assertThat(callFault("SSH-2.0-OpenSSH_9.2\r\n")).isEqualTo(FaultCode.PROTOCOL_ERROR);
    assertThat(callFault("$5\r\nab\u0000")).isEqualTo(FaultCode.CONNECTION_LOST);
    assertThat(callFault("-LOADING wait\r\n")).isEqualTo(FaultCode.LOADING);
    assertThat(callFault("-NOAUTH no\r\n")).isEqualTo(FaultCode.AUTH_REQUIRED);
  }

  @Test
  void aFailedSignInNeverShowsThePassword() throws Exception {
    // A server whose AUTH was renamed echoes the arguments.
    String echo = "-ERR unknown command `AUTH`, with args beginning with: `s3cret`\r\n";
    try (ServerSocket listener = listen()) {
      answer(listener, echo + "-NOAUTH no\r\n");
      RedisClient client = client("127.0.0.1:" + listener.getLocalPort(), null, "s3cret");
      assertThatThrownBy(client::connect)
          .isInstanceOfSatisfying(
              RedisException.class,
              e -> {
                assertThat(e.fault().code()).isEqualTo(FaultCode.AUTH_FAILED);
                assertThat(e.toString() + e.fault()).doesNotContain("s3cret");
              });
      assertThat(client.toString()).doesNotContain("s3cret");
    }
  }

  @Test
  void speaksTlsAndChecksTheCertificate() throws Exception {
    SSLContext context = selfSigned("localhost");
    String pem = Files.readString(folder.resolve("cert.pem"));
    try (ServerSocket listener =
        context
            .getServerSocketFactory()
            .createServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      answer(listener, "+PONG\r\n");
      String address = "localhost:" + listener.getLocalPort();
      try (RedisConnection connection = client(address, new TlsSpec(pem, ""), "").connect()) {
        assertThat(connection.call("PING").text()).isEqualTo("PONG");
      }
      answer(listener, "");
      assertThat(connectFault(address, new TlsSpec("", ""))).isEqualTo(FaultCode.TLS_FAILED);
      answer(listener, "");
      assertThat(connectFault(address, new TlsSpec(pem, "other.example")))
          .isEqualTo(FaultCode.TLS_FAILED);
      assertThat(connectFault(address, new TlsSpec("no certificate", "")))
          .isEqualTo(FaultCode.TLS_FAILED);
    }
  }

  @Test
  void onlyWhoNeverAnsweredMaySpeakTls() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      RedisClient client = client("localhost:" + listener.getLocalPort(), null, "secret");
      closeNext(listener);
      assertThat(fault(client).message()).contains("before its first answer").contains("rediss://");
      answer(listener, "+OK\r\n");
      client.connect().close();
      closeNext(listener);
      assertThat(fault(client).message()).doesNotContain("rediss://");
    }
  }

  @Test
  void aConnectionThatFailsInsideTheHandshakeMayBeHadAgain() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String address = "localhost:" + listener.getLocalPort();
      RedisClient client = client(address, new TlsSpec("", ""), "");
      answer(listener, "");
      Fault silent = fault(client);
      assertThat(silent.code()).isEqualTo(FaultCode.CONNECTION_TIMEOUT);
      assertThat(silent.retryable()).isTrue();
      closeNext(listener);
      Fault closed = fault(client);
      assertThat(closed.code()).isEqualTo(FaultCode.CONNECTION_LOST);
      assertThat(closed.retryable()).isTrue();
    }
  }

  private static Fault fault(RedisClient client) {
    return catchThrowableOfType(RedisException.class, client::connect).fault();
  }

  private static void closeNext(ServerSocket listener) {
    Thread thread =
        new Thread(
            () -> {
              try {
                listener.accept().close();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private static RedisClient client(String address, TlsSpec tls, String password) {
    return new RedisClient(
        new RedisEndpoint(Topology.STANDALONE, List.of(address), "", tls), password, SHORT);
  }

  private static FaultCode connectFault(String address, TlsSpec tls) {
    return faultOf(() -> client(address, tls, "").connect().close());
  }

  private static FaultCode callFault(String reply) throws IOException {
    try (ServerSocket listener = listen()) {
      answer(listener, reply);
      return faultOf(
          () -> {
            try (RedisConnection connection =
                client("127.0.0.1:" + listener.getLocalPort(), null, "").connect()) {
              connection.call("PING");
            }
          });
    }
  }

  private interface Attempt {
    void run() throws RedisException;
  }

  private static FaultCode faultOf(Attempt attempt) {
    try {
      attempt.run();
      throw new AssertionError("it worked");
    } catch (RedisException e) {
      assertThat(e.fault().message()).isNotBlank();
      return e.fault().code();
    }
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  /** Sends a text to the next client, whatever it says; a zero byte in it ends the connection. */
  private static void answer(ServerSocket listener, String text) {
    Thread thread =
        new Thread(
            () -> {
              try (Socket client = listener.accept()) {
                byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
                InputStream in = client.getInputStream();
                if (in.read() >= 0) {
                  client.getOutputStream().write(bytes);
                }
                while (text.indexOf(0) < 0 && in.read() >= 0) {
                  // Held open until the client leaves.
                }
              } catch (IOException e) {
                // The client left first.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private SSLContext selfSigned(String name) throws Exception {
    Path store = folder.resolve("store.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=dns:" + name,
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                "changeit")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    String base64 =
        Base64.getMimeEncoder().encodeToString(keys.getCertificate("server").getEncoded());
    Files.writeString(
        folder.resolve("cert.pem"),
        "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n");
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }
}
