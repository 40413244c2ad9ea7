package io.cachesync.web.ssh;

import com.jcraft.jsch.Channel;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;

/** Opens channels, and says it where there is none. */
final class Channels {
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
}
