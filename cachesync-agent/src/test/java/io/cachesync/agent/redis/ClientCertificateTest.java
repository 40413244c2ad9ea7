package io.cachesync.agent.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.TlsSpec;
import io.cachesync.testkit.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientCertificateTest {
  @TempDir private static Path folder;
  private static Certificates ours;

  @BeforeAll
  static void make() {
    ours = Certificates.make(folder, "ours");
  }

  @Test
  void isShownWithItsKeyOnly() throws Exception {
    assertThat(ClientCertificate.managers(new TlsSpec("", ""), null)).isNull();
    assertThat(ClientCertificate.managers(spec(ours.certificate(), ours.key(), ""), null))
        .hasSize(1);
    Path other = folder.resolve("other.pem");
    try (var in = ClientCertificateTest.class.getResourceAsStream("/keys/rsa-pkcs1.pem")) {
      Files.copy(in, other);
    }
    refused(spec(ours.certificate(), other, ""), "is not that of the certificate in");
  }

  @Test
  void namesTheFileThatIsNotWhatItShouldBe() throws IOException {
    Path none = folder.resolve("none.pem");
    Path text = Files.writeString(folder.resolve("text.pem"), "text\n");
    refused(spec(none, ours.key(), ""), "the certificate file " + none + " cannot be read");
    refused(spec(text, ours.key(), ""), "the file " + text + " holds no certificate");
    refused(spec(ours.certificate(), none, ""), "the key file " + none + " cannot be read");
    refused(spec(ours.certificate(), text, ""), "the file " + text + " holds no private key");
    refused(spec(ours.certificate(), ours.key(), "NO_SUCH"), "has no variable NO_SUCH");
  }

  private static void refused(TlsSpec tls, String why) {
    assertThatThrownBy(() -> ClientCertificate.managers(tls, null))
        .hasMessageContaining(why)
        .satisfies(
            e -> {
              Fault fault = TlsFaults.of(new HostAndPort("cache", 6379), (Exception) e);
              assertThat(fault.code()).isEqualTo(FaultCode.TLS_FAILED);
              assertThat(fault.message()).startsWith("no certificate can be shown to cache:6379: ");
            });
  }

  private static TlsSpec spec(Path certificate, Path key, String variable) {
    return new TlsSpec("", "", certificate.toString(), key.toString(), variable);
  }
}
