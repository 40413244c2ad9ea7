package io.cachesync.web.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cachesync.testkit.Certificates;
import io.cachesync.web.system.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientIdentityTest {
  private static final Instant NOW = Instant.now();

  @TempDir private static Path folder;
  private static Certificates ours;
  private static String certificate;
  private static String key;

  @BeforeAll
  static void make() throws IOException {
    ours = Certificates.make(folder, "ours");
    certificate = Files.readString(ours.certificate());
    key = Files.readString(ours.key());
  }

  @Test
  void readsBothAndTellsOfTheCertificateOnly() {
    ClientIdentity read = ClientIdentity.read(certificate, key, NOW.plusSeconds(60));
    assertThat(read.subject()).isEqualTo("CN=ours");
    assertThat(read.issuer()).isEqualTo("CN=ours");
    assertThat(read.fingerprint()).matches("([0-9A-F]{2}:){31}[0-9A-F]{2}");
    assertThat(read.until()).isAfter(NOW.plus(Duration.ofDays(29)));
    assertThat(read.pem().keyPem().strip()).isEqualTo(key.strip());
    assertThat(read + read.pem().toString()).doesNotContain("PRIVATE");
  }

  @Test
  void takesOutOfOneFileWhatBelongsToEach() {
    String file = "Bag Attributes\n" + key + "subject=/CN=ours\n" + certificate;
    ClientIdentity read = ClientIdentity.read(file, file, NOW.plusSeconds(60));
    assertThat(read.pem().certificatePem())
        .startsWith("-----BEGIN CERTIFICATE-----")
        .doesNotContain("PRIVATE");
    assertThat(read.pem().keyPem()).doesNotContain("-----BEGIN CERTIFICATE");
  }

  @Test
  void wantsBoth() {
    refused(certificate, "", "clientKey", "endpoint.invalid.clientKeyMissing");
    refused("", key, "clientCertificate", "endpoint.invalid.clientCertificateMissing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text",
        "-----BEGIN CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----"
      })
  void saysThatItIsNoCertificate(String text) {
    refused(text, key, "clientCertificate", "endpoint.invalid.clientCertificate");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nMIIB\n-----END OPENSSH PRIVATE KEY-----"
      })
  void saysThatItIsNoKey(String text) {
    refused(certificate, text, "clientKey", "endpoint.invalid.clientKey");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ec-encrypted.pem", "rsa-old-encrypted.pem"})
  void saysOfAKeyThatItIsEncrypted(String name) throws IOException {
    refused(certificate, kept(name), "clientKey", "endpoint.invalid.clientKeyEncrypted");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ec-pkcs8.pem", "ec-sec1.pem", "rsa-pkcs1.pem", "ed25519.pem"})
  void readsAKeyOfEachFormAndSaysThatItIsOfAnotherCertificate(String name) throws IOException {
    refused(certificate, kept(name), "clientKey", "endpoint.invalid.clientKeyOfAnother");
  }

  @Test
  void isValidNow() {
    Instant early = NOW.minus(Duration.ofDays(1));
    Instant late = NOW.plus(Duration.ofDays(31));
    assertThat(refusal(certificate, key, early).key()).isEqualTo("endpoint.invalid.clientEarly");
    Refusal over = refusal(certificate, key, late);
    assertThat(over.key()).isEqualTo("endpoint.invalid.clientOver");
    assertThat(over.arguments()[0].toString()).matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC");
  }

  private static void refused(String certificate, String key, String field, String why) {
    Refusal refusal = refusal(certificate, key, NOW.plusSeconds(60));
    assertThat(refusal.field()).isEqualTo(field);
    assertThat(refusal.key()).isEqualTo(why);
  }

  private static Refusal refusal(String certificate, String key, Instant now) {
    return catchThrowableOfType(Refusal.class, () -> ClientIdentity.read(certificate, key, now));
  }

  private static String kept(String name) throws IOException {
    try (InputStream in = ClientIdentityTest.class.getResourceAsStream("/keys/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }
  }
}
