package io.cachesync.agent.redis;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.TlsIdentity;
import io.cachesync.contract.TlsSpec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Opens sockets, plain or TLS, and tells why it could not. */
final class RedisSockets {
  private static final int BUFFER_BYTES = 1 << 20;

  private RedisSockets() {}

  static Socket open(HostAndPort address, TlsSpec tls, TlsIdentity identity, RedisTimeouts timeouts)
      throws RedisException {
    Socket plain = connect(address, timeouts);
    try {
      plain.setTcpNoDelay(true);
      plain.setKeepAlive(true);
      plain.setSoTimeout(Math.toIntExact(timeouts.connect().toMillis()));
      Socket socket = tls == null ? plain : wrap(plain, address, tls, identity);
      socket.setSoTimeout(Math.toIntExact(timeouts.read().toMillis()));
      return socket;
    } catch (IOException | GeneralSecurityException e) {
      closeQuietly(plain);
      boolean shown = identity != null || (tls != null && !tls.certificateFile().isEmpty());
      throw new RedisException(TlsFaults.of(address, e, shown), e);
    }
  }

  static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // Nothing is lost with a socket that cannot be closed.
    }
  }

  private static Socket connect(HostAndPort address, RedisTimeouts timeouts) throws RedisException {
    Socket socket = new Socket();
    try {
      socket.setReceiveBufferSize(BUFFER_BYTES);
      InetAddress ip = InetAddress.getByName(address.host());
      socket.connect(
          new InetSocketAddress(ip, address.port()),
          Math.toIntExact(timeouts.connect().toMillis()));
      return socket;
    } catch (IOException e) {
      closeQuietly(socket);
      throw new RedisException(connectFault(address, e), e);
    }
  }

  private static Fault connectFault(HostAndPort address, IOException e) {
    if (e instanceof UnknownHostException) {
      return Fault.fatal(FaultCode.ADDRESS_UNKNOWN, "the name " + address.host() + " is unknown");
    }
    if (e instanceof SocketTimeoutException) {
      return Fault.retryable(
          FaultCode.CONNECTION_TIMEOUT, address + " did not accept a connection in time");
    }
    if (e instanceof ConnectException) {
      String why = String.valueOf(e.getMessage());
      // Also a network that is unreachable, and others, which say more than that.
      String more = why.startsWith("Connection refused") ? "" : ": " + why;
      return Fault.retryable(
          FaultCode.CONNECTION_REFUSED, address + " refused the connection" + more);
    }
    return Fault.retryable(
        FaultCode.CONNECTION_TIMEOUT, address + " cannot be reached: " + e.getMessage());
  }

  private static Socket wrap(Socket plain, HostAndPort address, TlsSpec tls, TlsIdentity identity)
      throws IOException, GeneralSecurityException {
    String name = tls.serverName().isEmpty() ? address.host() : tls.serverName();
    SSLSocket socket =
        (SSLSocket)
            context(tls, identity)
                .getSocketFactory()
                .createSocket(plain, name, address.port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static SSLContext context(TlsSpec tls, TlsIdentity identity)
      throws IOException, GeneralSecurityException {
    if (tls.caPem().isEmpty() && tls.certificateFile().isEmpty() && identity == null) {
      return SSLContext.getDefault();
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(ClientCertificate.managers(tls, identity), trusted(tls), null);
    return context;
  }

  /** Null for what the JVM trusts. */
  private static TrustManager[] trusted(TlsSpec tls) throws IOException, GeneralSecurityException {
    if (tls.caPem().isEmpty()) {
      return null;
    }
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    int count = 0;
    for (Certificate certificate : authorities(tls)) {
      trusted.setCertificateEntry("ca-" + count++, certificate);
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    return managers.getTrustManagers();
  }

  private static Collection<? extends Certificate> authorities(TlsSpec tls)
      throws GeneralSecurityException {
    byte[] pem = tls.caPem().getBytes(StandardCharsets.UTF_8);
    try {
      Collection<? extends Certificate> all =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem));
      if (!all.isEmpty()) {
        return all;
      }
    } catch (CertificateException e) {
      throw new NoAuthorityException(e);
    }
    throw new NoAuthorityException(null);
  }

  /** What was given as authorities holds none; not that a server's certificate does not do. */
  static final class NoAuthorityException extends GeneralSecurityException {
    private static final long serialVersionUID = 1L;

    private NoAuthorityException(Exception cause) {
      super("the CA certificate that was given is none in PEM form", cause);
    }
  }
}
