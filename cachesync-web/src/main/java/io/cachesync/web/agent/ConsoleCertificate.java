package io.cachesync.web.agent;

import io.cachesync.web.machine.ConsoleAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.springframework.stereotype.Component;

/**
 * What agents must see at an HTTPS address of this console: looked at from here, where nobody can
 * stand between.
 */
@Component
class ConsoleCertificate {
  private static final int TIMEOUT_MILLIS = 5_000;
  private final ConsoleAddress console;

  ConsoleCertificate(ConsoleAddress console) {
    this.console = console;
  }

  /**
   * Hex SHA-256 of the certificate, empty where it is publicly trusted or the URL is plain HTTP.
   */
  String pinFor(String url) {
    URI uri = URI.create(url);
    if (!"https".equals(uri.getScheme())) {
      return "";
    }
    boolean ownPort = uri.getHost().equals("127.0.0.1");
    int port = ownPort ? console.localPort() : uri.getPort() < 0 ? 443 : uri.getPort();
    InetSocketAddress address =
        new InetSocketAddress(ownPort ? console.localHost() : uri.getHost(), port);
    try {
      if (!ownPort && publiclyTrusted(address)) {
        return "";
      }
      Certificate shown = shownBy(address);
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(shown.getEncoded()));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(
          "the console's own address " + url + " shows no certificate", e);
    }
  }

  private static boolean publiclyTrusted(InetSocketAddress address) throws IOException {
    try (SSLSocket socket = (SSLSocket) SSLSocketFactory.getDefault().createSocket()) {
      socket.connect(address, TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      var parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return true;
    } catch (SSLException e) {
      return false;
    }
  }

  private static Certificate shownBy(InetSocketAddress address)
      throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new AcceptAll()}, new SecureRandom());
    try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket()) {
      socket.connect(address, TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.startHandshake();
      return socket.getSession().getPeerCertificates()[0];
    }
  }

  /** Only to look at the certificate; nothing is sent over this connection. */
  private static final class AcceptAll implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
