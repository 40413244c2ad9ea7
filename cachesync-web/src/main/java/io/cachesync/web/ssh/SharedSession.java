package io.cachesync.web.ssh;

import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import io.cachesync.web.ssh.Channels.ChannelRefused;

/** A session, and whether its server has ever opened a channel on it. */
final class SharedSession {
  private final Session session;
  private int asking;
  private boolean gaveOne;

  SharedSession(Session session) {
    this.session = session;
  }

  boolean connected() {
    return session.isConnected();
  }

  void disconnect() {
    session.disconnect();
  }

  /**
   * Opens a channel.
   *
   * @throws NeverGiven when the server refuses it though nobody has one or is about to get one
   */
  <T> T open(ChannelOpener<T> opener) throws JSchException {
    synchronized (this) {
      asking++;
    }
    boolean given = false;
    try {
      T channel = opener.open(session);
      given = true;
      return channel;
    } catch (ChannelRefused refused) {
      throw othersGotOne() ? refused : new NeverGiven(refused);
    } finally {
      synchronized (this) {
        asking--;
        gaveOne |= given;
      }
    }
  }

  /** One who asks at this moment may have been given what this one was refused. */
  private synchronized boolean othersGotOne() {
    return gaveOne || asking > 1;
  }

  /** Opens a channel on a session. */
  interface ChannelOpener<T> {
    T open(Session session) throws JSchException;
  }

  /** The server refuses even the first channel: it would on a further session too. */
  static final class NeverGiven extends JSchException {
    private static final long serialVersionUID = 1L;

    NeverGiven(JSchException cause) {
      super("the server refuses the first channel", cause);
    }
  }
}
