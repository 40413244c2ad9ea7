package io.cachesync.web.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script that starts an agent, with programs in place of Java, of systemd-run and of loginctl.
 * That a scope of the user's service manager outlives its SSH session is for systemd to keep;
 * docs/development.md says how that was seen.
 */
class LaunchScriptTest {
  private static final String PROCESS = "\\d+ \\d+ [-0-9a-f]{36} ";

  @TempDir private Path folder;
  private Path job;
  private Path calls;
  private ServerSocketChannel manager;

  @BeforeEach
  void makeMachine() throws IOException {
    job = Files.createDirectories(folder.resolve("job"));
    calls = folder.resolve("calls");
    Files.createDirectories(folder.resolve("bin"));
    program("java", "exec sleep 60");
    program("bin/systemd-run", "echo systemd-run \"$*\" >>" + calls, "shift 3", "exec \"$@\"");
    program("bin/loginctl", "echo loginctl \"$*\" >>" + calls);
    Path sockets = Files.createDirectories(folder.resolve("run/systemd"));
    manager =
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            .bind(UnixDomainSocketAddress.of(sockets.resolve("private")));
  }

  @AfterEach
  void endAgent() throws IOException {
    manager.close();
    Path pid = job.resolve("run-1.pid");
    if (Files.exists(pid)) {
      ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
          .ifPresent(ProcessHandle::destroyForcibly);
      // The last that the shell around it writes: the folder can be removed then.
      Path exit = job.resolve("run-1.exit");
      Awaitility.await().until(() -> Files.exists(exit) && Files.size(exit) > 0);
    }
  }

  @Test
  void startsTheAgentAsAScopeOfTheLingeringUserManager() throws Exception {
    assertThat(launch()).matches(PROCESS + "scope\\s*");
    assertThat(Files.readString(calls))
        .contains("loginctl enable-linger", "systemd-run --user --scope --quiet sh -c");
  }

  @Test
  void startsItInASessionOfItsOwnWhereLingeringIsForbidden() throws Exception {
    logind("no", "root");
    assertThat(launch()).matches(PROCESS + "detached\\s*");
    assertThat(calls).doesNotExist();
  }

  @Test
  void saysThatSuchASessionMayEndWithTheLogin() throws Exception {
    logind("yes", "root admin");
    program("bin/id", "echo mig");
    assertThat(launch()).matches(PROCESS + "endangered\\s*");
    assertThat(calls).doesNotExist();
  }

  @Test
  void saysNothingToAUserThatIsExempt() throws Exception {
    logind("yes", "root mig");
    program("bin/id", "echo mig");
    assertThat(launch()).matches(PROCESS + "detached\\s*");
  }

  @Test
  void startsItInASessionOfItsOwnWhereTheUserManagerDoesNotWork() throws Exception {
    program("bin/loginctl", "echo loginctl \"$*\" >>" + calls, "echo KillUserProcesses=yes");
    program("bin/systemd-run", "exit 1");
    assertThat(launch()).matches(PROCESS + "endangered\\s*");
    assertThat(Files.readString(calls)).contains("loginctl enable-linger");
  }

  /** A logind that allows no lingering. */
  private void logind(String kills, String exempt) throws IOException {
    program(
        "bin/loginctl",
        "[ \"$1\" = show-session ] || exit 1",
        "echo KillUserProcesses=" + kills,
        "echo KillExcludeUsers=" + exempt);
  }

  private String launch() throws Exception {
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", script());
    builder.environment().put("XDG_RUNTIME_DIR", folder.resolve("run").toString());
    builder
        .environment()
        .merge("PATH", folder.resolve("bin").toString(), (old, bin) -> bin + ":" + old);
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (OutputStream in = process.getOutputStream()) {
      List<String> lines =
          List.of(job.toString(), "agent.jar", folder.resolve("java").toString(), "-Xmx1m", "1");
      in.write((String.join("\n", lines) + "\n").getBytes(UTF_8));
    }
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isZero();
    return output;
  }

  private void program(String name, String... lines) throws IOException {
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
  }

  private static String script() throws IOException {
    return text("agent-keeper") + text("agent-launch");
  }

  private static String text(String script) throws IOException {
    try (InputStream in =
        LaunchScriptTest.class.getResourceAsStream("/scripts/" + script + ".sh")) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
