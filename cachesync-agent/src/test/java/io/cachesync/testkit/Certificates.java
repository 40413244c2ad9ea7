package io.cachesync.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate that vouches for itself, as PEM files, made by the JDK's keytool. */
public final class Certificates {
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final Path certificate;
  private final Path key;

  private Certificates(Path certificate, Path key) {
    this.certificate = certificate;
    this.key = key;
  }

  /**
   * Makes one.
   *
   * @param folder an existing folder for its files
   * @param name common name, also of the files
   * @param alternatives what else it stands for, as {@code dns:server.test} or {@code ip:127.0.0.1}
   */
  public static Certificates make(Path folder, String name, String... alternatives) {
    Path store = store(folder, name);
    List<String> words =
        new ArrayList<>(List.of("-genkeypair", "-keyalg", "EC", "-validity", "30"));
    words.addAll(List.of("-dname", "CN=" + name, "-ext", "bc:c", "-storetype", "PKCS12"));
    Arrays.stream(alternatives).forEach(each -> words.addAll(List.of("-ext", "san=" + each)));
    keytool(folder, name, store, words.toArray(String[]::new));
    try {
      KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
      Key secret = keys.getKey("it", PASSWORD);
      return new Certificates(
          write(
              folder.resolve(name + ".pem"), "CERTIFICATE", keys.getCertificate("it").getEncoded()),
          write(folder.resolve(name + ".key"), "PRIVATE KEY", secret.getEncoded()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path store(Path folder, String name) {
    return folder.resolve(name + ".p12");
  }

  private static void keytool(Path folder, String name, Path store, String... words) {
    Path log = folder.resolve(name + ".log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(words));
    command.addAll(List.of("-alias", "it", "-keystore", store.toString()));
    command.addAll(List.of("-storepass", new String(PASSWORD)));
    try {
      Process keytool =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (keytool.waitFor() != 0) {
        throw new IllegalStateException(Files.readString(log));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /**
   * Makes one that an authority has signed, and whose time was over a month ago.
   *
   * @param authority name of one that was made in the same folder
   */
  public static Certificates expired(
      Path folder, String name, String authority, String... alternatives) {
    Certificates own = make(folder, name, alternatives);
    Path request = folder.resolve(name + ".csr");
    Path signed = folder.resolve(name + "-signed.pem");
    keytool(folder, name, store(folder, name), "-certreq", "-file", request.toString());
    List<String> sign = new ArrayList<>(List.of("-gencert", "-infile", request.toString()));
    sign.addAll(List.of("-outfile", signed.toString(), "-rfc"));
    sign.addAll(List.of("-startdate", "-60d", "-validity", "30"));
    Arrays.stream(alternatives).forEach(each -> sign.addAll(List.of("-ext", "san=" + each)));
    keytool(folder, name, store(folder, authority), sign.toArray(String[]::new));
    return new Certificates(signed, own.key);
  }

  /** This one with a key that is not its own. */
  public Certificates withKeyOf(Certificates other) {
    return new Certificates(certificate, other.key);
  }

  public Path certificate() {
    return certificate;
  }

  public Path key() {
    return key;
  }

  /** What a client needs to trust this certificate and no other. */
  public SSLContext trust() {
    try (InputStream in = Files.newInputStream(certificate)) {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry(
          "it", CertificateFactory.getInstance("X.509").generateCertificate(in));
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path write(Path file, String kind, byte[] der) throws IOException {
    String base64 = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(der);
    return Files.writeString(
        file, "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n");
  }
}
