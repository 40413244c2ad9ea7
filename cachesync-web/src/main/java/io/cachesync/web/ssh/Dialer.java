package io.cachesync.web.ssh;

import com.jcraft.jsch.SocketFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;

/** Opens the TCP connection within its time limit and remembers how that failed. */
final class Dialer implements SocketFactory {
  private final int timeoutMillis;
  private volatile SshFault.Code failure;
  private volatile boolean connected;

  Dialer(int timeoutMillis) {
    this.timeoutMillis = timeoutMillis;
  }

  /** Why there is no TCP connection, or null. */
  SshFault.Code failure() {
    return failure;
  }

  boolean connected() {
    return connected;
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(InetAddress.getByName(host), port), timeoutMillis);
      socket.setTcpNoDelay(true);
      connected = true;
      return socket;
    } catch (IOException e) {
      failure = codeOf(e);
      socket.close();
      throw e;
    }
  }

  private static SshFault.Code codeOf(IOException e) {
    if (e instanceof UnknownHostException) {
      return SshFault.Code.ADDRESS_UNKNOWN;
    }
    return e instanceof ConnectException ? SshFault.Code.REFUSED : SshFault.Code.UNREACHABLE;
  }

  @Override
  public InputStream getInputStream(Socket socket) throws IOException {
    return socket.getInputStream();
  }

  @Override
  public OutputStream getOutputStream(Socket socket) throws IOException {
    return socket.getOutputStream();
  }
}
