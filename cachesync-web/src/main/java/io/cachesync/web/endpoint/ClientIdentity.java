package io.cachesync.web.endpoint;

import io.cachesync.contract.CertifiedKey;
import io.cachesync.contract.TlsIdentity;
import io.cachesync.web.system.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.springframework.boot.ssl.pem.PemContent;

/**
 * A certificate that servers are shown, with its key, read from what people paste: what is wrong
 * with it is refused with what was found and what to do.
 *
 * @param pem as agents read it: the certificate with its chain, the key as PKCS#8
 * @param subject at most 500 characters, as are all that are shown
 * @param fingerprint SHA-256 in hexadecimal with colons
 */
record ClientIdentity(
    TlsIdentity pem, String subject, String issuer, Instant until, String fingerprint) {
  /** Refusals name the field that they are of by these. */
  static final String CERTIFICATE = "clientCertificate";

  static final String KEY = "clientKey";

  private static final String KEY_BEGIN = "-----BEGIN [A-Z ]*PRIVATE KEY-----";
  private static final int SHOWN = 500;
  private static final Base64.Encoder LINES =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  /**
   * Reads it.
   *
   * @param now it has to be valid
   * @throws Refusal for the first thing that is wrong, with the field it is in
   */
  static ClientIdentity read(String certificatePem, String keyPem, Instant now) {
    if (keyPem.isEmpty()) {
      throw Refusal.invalid(KEY, "endpoint.invalid.clientKeyMissing");
    }
    if (certificatePem.isEmpty()) {
      throw Refusal.invalid(CERTIFICATE, "endpoint.invalid.clientCertificateMissing");
    }
    List<X509Certificate> chain = chain(certificatePem);
    X509Certificate own = chain.get(0);
    PrivateKey key = key(keyPem);
    if (!CertifiedKey.belongs(key, own.getPublicKey())) {
      throw Refusal.invalid(KEY, "endpoint.invalid.clientKeyOfAnother", subject(own));
    }
    if (now.isBefore(own.getNotBefore().toInstant())) {
      throw Refusal.invalid(
          CERTIFICATE, "endpoint.invalid.clientEarly", utc(own.getNotBefore().toInstant()));
    }
    if (now.isAfter(own.getNotAfter().toInstant())) {
      throw Refusal.invalid(
          CERTIFICATE, "endpoint.invalid.clientOver", utc(own.getNotAfter().toInstant()));
    }
    String all =
        chain.stream()
            .map(each -> block("CERTIFICATE", encoded(each)))
            .collect(Collectors.joining());
    return new ClientIdentity(
        new TlsIdentity(all, block("PRIVATE KEY", key.getEncoded())),
        subject(own),
        cut(own.getIssuerX500Principal().getName()),
        own.getNotAfter().toInstant(),
        fingerprint(own));
  }

  private static List<X509Certificate> chain(String pem) {
    if (!pem.contains("-----BEGIN CERTIFICATE-----")) {
      throw Refusal.invalid(CERTIFICATE, "endpoint.invalid.clientCertificate");
    }
    try {
      // What else a file has before and between its certificates, as its key, is left out.
      return PemContent.of(pem).getCertificates();
    } catch (IllegalStateException | IllegalArgumentException e) {
      throw Refusal.invalid(CERTIFICATE, "endpoint.invalid.clientCertificate");
    }
  }

  private static PrivateKey key(String pem) {
    if (pem.contains("-----BEGIN ENCRYPTED ") || pem.contains("Proc-Type: 4,ENCRYPTED")) {
      throw Refusal.invalid(KEY, "endpoint.invalid.clientKeyEncrypted");
    }
    if (pem.lines().noneMatch(line -> line.strip().matches(KEY_BEGIN))) {
      throw Refusal.invalid(KEY, "endpoint.invalid.clientKey");
    }
    try {
      PrivateKey key = PemContent.of(pem).getPrivateKey();
      if (key != null) {
        return key;
      }
    } catch (IllegalStateException | IllegalArgumentException e) {
      // Said below, as of one that is of no kind that can be read.
    }
    throw Refusal.invalid(KEY, "endpoint.invalid.clientKey");
  }

  private static String fingerprint(X509Certificate certificate) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(encoded(certificate));
      return HexFormat.ofDelimiter(":").withUpperCase().formatHex(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SHA-256 is missing in this Java", e);
    }
  }

  private static byte[] encoded(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read is written again", e);
    }
  }

  private static String subject(X509Certificate certificate) {
    return cut(certificate.getSubjectX500Principal().getName());
  }

  private static String cut(String text) {
    int characters = text.codePointCount(0, text.length());
    return characters <= SHOWN
        ? text
        : text.substring(0, text.offsetByCodePoints(0, SHOWN - 1)) + "…";
  }

  /** As 2026-11-22 10:00 UTC: which zone the reader is in is not known here. */
  static String utc(Instant at) {
    return String.format(Locale.ROOT, "%1$tF %1$tR UTC", at.atZone(ZoneOffset.UTC));
  }

  private static String block(String kind, byte[] der) {
    return "-----BEGIN "
        + kind
        + "-----\n"
        + LINES.encodeToString(der)
        + "\n-----END "
        + kind
        + "-----\n";
  }

  /** Never with the key. */
  @Override
  public String toString() {
    return "ClientIdentity[" + subject + "]";
  }
}
