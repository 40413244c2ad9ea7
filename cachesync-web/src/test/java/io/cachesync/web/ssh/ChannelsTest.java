package io.cachesync.web.ssh;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import org.junit.jupiter.api.Test;

class ChannelsTest {
  /** The library swallows what happens when a session ends while a channel is being made. */
  @Test
  void aSessionThatGivesNoChannelIsClosed() {
    Session ending = mock(Session.class);

    assertThatThrownBy(() -> Channels.open(ending, "exec", ChannelExec.class))
        .isInstanceOf(JSchException.class);
    verify(ending).disconnect();
  }
}
