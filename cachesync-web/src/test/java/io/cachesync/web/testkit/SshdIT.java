package io.cachesync.web.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a failed test leaves behind it ends with its sshd. */
class SshdIT {
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void endThem() {
    started.forEach(Process::destroyForcibly);
  }

  @Test
  void endsDetachedAgentsAndNothingElse() throws Exception {
    Process stranger = sleeper("/elsewhere/jobs/1");
    Process agent;
    Path folder;
    try (Sshd sshd = Sshd.start()) {
      folder = sshd.base().getParent();
      agent = sleeper(sshd.base() + "/jobs/1");
      assertThat(agent.isAlive()).isTrue();
    }
    assertThat(agent.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.exists(folder)).isFalse();
    assertThat(stranger.isAlive()).isTrue();
  }

  /** A process as the launch script leaves it: the job directory is in its environment. */
  private Process sleeper(String jobDirectory) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("setsid", "sleep", "300");
    builder.environment().put("CS_DIR", jobDirectory);
    Process process = builder.start();
    started.add(process);
    return process;
  }
}
