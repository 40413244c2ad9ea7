package io.cachesync.web.ssh;

import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A port on a machine's loopback that leads to an address as seen from the console. */
public final class PortForward implements AutoCloseable {
  private final Session session;
  private final SshTarget target;
  private final int remotePort;

  private PortForward(Session session, SshTarget target, int remotePort) {
    this.session = session;
    this.target = target;
    this.remotePort = remotePort;
  }

  static PortForward open(SshTarget target, int remotePort, String host, int port) {
    Session session = SessionOpener.open(target);
    try {
      int opened = request(session, "127.0.0.1:" + remotePort + ":" + host + ":" + port);
      return new PortForward(session, target, remotePort == 0 ? opened : remotePort);
    } catch (CompletionException e) {
      session.disconnect();
      throw SessionOpener.fault(
          SshFault.Code.FORWARD_REFUSED,
          target,
          "no forward of port " + remotePort + " on the machine",
          e.getCause());
    }
  }

  /** On a thread of its own: the library can leave the caller's interrupt flag set. */
  private static int request(Session session, String forward) {
    return CompletableFuture.supplyAsync(
            () -> {
              try {
                return session.setPortForwardingR(forward);
              } catch (JSchException e) {
                throw new CompletionException(e);
              }
            },
            work -> new Thread(work, "ssh-forward").start())
        .join();
  }

  public SshTarget target() {
    return target;
  }

  /** Port on the machine. */
  public int remotePort() {
    return remotePort;
  }

  /** Whether its session lives; keep-alives see to it that this is true within seconds. */
  public boolean isOpen() {
    return session.isConnected();
  }

  @Override
  public void close() {
    session.disconnect();
  }
}
