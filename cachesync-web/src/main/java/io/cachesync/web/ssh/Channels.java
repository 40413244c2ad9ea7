package io.cachesync.web.ssh;

import com.jcraft.jsch.Channel;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;

/** Opens channels, and says it where there is none. */
final class Channels {
  private static final String NOT_OPENED = "channel is not opened.";

  private Channels() {}

  /**
   * A channel that is not connected yet.
   *
   * @throws JSchException also where the library only answers with null: the session ends under its
   *     hands. It is closed then, so that nobody takes it for one that works.
   */
  static <C extends Channel> C open(Session session, String kind, Class<C> type)
      throws JSchException {
    Channel channel = session.openChannel(kind);
    if (channel == null) {
      session.disconnect();
      throw new JSchException("the session gave no channel");
    }
    return type.cast(channel);
  }

  /**
   * Connects a channel.
   *
   * @throws ChannelRefused when the server answers that it opens none, as OpenSSH does beyond its
   *     MaxSessions; the session works on
   * @throws JSchException for anything else, also where the server does not answer at all
   */
  static void connect(Channel channel, int millis) throws JSchException {
    try {
      channel.connect(millis);
    } catch (JSchException e) {
      // The library says the same of a silent server; only a refusal brings a reason along, which
      // it keeps in the place of the exit code.
      if (NOT_OPENED.equals(e.getMessage()) && channel.getExitStatus() > 0) {
        throw new ChannelRefused(e);
      }
      throw e;
    }
  }

  /** The server opens no channel on this session now. */
  static final class ChannelRefused extends JSchException {
    private static final long serialVersionUID = 1L;

    ChannelRefused(JSchException cause) {
      super("the server refuses the channel", cause);
    }
  }
}
