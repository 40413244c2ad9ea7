package io.cachesync.web.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A real OpenSSH sshd on a free loopback port, with a host key of its own, for the user that runs
 * the tests, who logs in by the key {@link #privateKey} or by {@link #PASSWORD}.
 *
 * <p>It runs in a mount namespace of its own (which needs root): there, and nowhere else, the user
 * has that password and {@link #smallDisk} is a disk of one megabyte. Nothing of the system is
 * changed, and nothing is left once it is closed: neither files, nor agents that a console started
 * below its folder and that a failed test left there. Agents end too where nobody closes it.
 */
public final class Sshd implements AutoCloseable {
  public static final String PASSWORD = "right-password";
  public static final String KEY_PASSPHRASE = "open-sesame";

  /** {@code openssl passwd -6} of {@link #PASSWORD}. */
  private static final String PASSWORD_HASH =
      "$6$cachesync$3v0O7vCGj0FLg0hoAzDQK1/DWhadwEbcYrDkFnBl2zCfGfcY2vWAuWflGclZ1pn4YMVh9KoSP5Nuh"
          + "eeKtmxjK1";

  private final Path folder;
  private final int port;
  private Process process;

  private Sshd(Path folder, int port) {
    this.folder = folder;
    this.port = port;
  }

  public static Sshd start() {
    try {
      Path folder = Files.createTempDirectory("cachesync-sshd-");
      Sshd sshd = new Sshd(folder, RedisServer.freePort());
      Runtime.getRuntime().addShutdownHook(new Thread(sshd::endAll));
      sshd.prepare();
      sshd.launch();
      return sshd;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return port;
  }

  public String user() {
    return System.getProperty("user.name");
  }

  /** An ed25519 key without a passphrase that may log in. */
  public String privateKey() {
    return read("user_key");
  }

  /** An RSA key under {@link #KEY_PASSPHRASE} that may log in. */
  public String encryptedPrivateKey() {
    return read("user_rsa_key");
  }

  /** A key that may not log in. */
  public String strangersKey() {
    return read("stranger_key");
  }

  /** The host key's fingerprint as ssh-keygen says it. */
  public String fingerprint() {
    return output("ssh-keygen", "-lf", folder.resolve("host_key.pub").toString()).split(" ")[1];
  }

  /** A folder for a machine's base directory. */
  public Path base() {
    return folder.resolve("base");
  }

  /** A folder that, seen over SSH, is a disk of one megabyte. */
  public Path smallDisk() {
    return folder.resolve("small-disk");
  }

  /** A folder for programs that commands over SSH find before those of the system. */
  public Path programs() {
    return folder.resolve("programs");
  }

  /** Ends the server and all its sessions; what they started detached lives on. */
  public void stop() {
    if (process != null) {
      List<ProcessHandle> sessions = sessions();
      process.destroy();
      Awaitility.await().until(() -> !process.isAlive());
      sessions.forEach(ProcessHandle::destroyForcibly);
      process = null;
    }
  }

  /** Ends every session as the end of its network connection would. */
  public void dropSessions() {
    sessions().forEach(ProcessHandle::destroyForcibly);
  }

  /** Processes of sshd itself that serve a login. */
  public List<ProcessHandle> sessions() {
    return process
        .descendants()
        .filter(handle -> handle.info().command().orElse("").endsWith("/sshd"))
        .toList();
  }

  /** Starts the server again on the same port. */
  public void restart() {
    stop();
    launch();
  }

  /**
   * Starts the server again with another program behind SFTP.
   *
   * @param program empty for none
   */
  public void sftpBy(String program) {
    configure(
        "Subsystem sftp", program.isEmpty() ? "#Subsystem sftp" : "Subsystem sftp " + program);
  }

  /** Starts the server again with so many commands and file transfers at once per connection. */
  public void maxSessions(int count) {
    configure("MaxSessions", "MaxSessions " + count);
  }

  /** As {@link #maxSessions} for connections to come; those that there are stay as they are. */
  public void maxSessionsOfNewConnections(int count) {
    write("MaxSessions", "MaxSessions " + count);
    long before = listening();
    output("kill", "-HUP", Long.toString(process.pid()));
    Awaitility.await("sshd has read its configuration").until(() -> listening() > before);
  }

  private long listening() {
    return read("sshd.log").lines().filter(line -> line.startsWith("Server listening")).count();
  }

  private void configure(String begins, String line) {
    stop();
    write(begins, line);
    launch();
  }

  private void write(String begins, String line) {
    Path config = folder.resolve("sshd_config");
    try {
      Files.writeString(
          config, Files.readString(config).replaceAll("(?m)^#?" + begins + ".*$", line));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives the host another key, as a reinstallation or an impostor would. */
  public void changeHostKey() {
    stop();
    delete(folder.resolve("host_key"));
    makeKey("host_key", "ed25519", "");
    launch();
  }

  @Override
  public void close() {
    stop();
    endLeftBehind();
    Awaitility.await("what was left behind ends").until(() -> leftBehind().isEmpty());
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(Sshd::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** For the end of the JVM, where nobody waits for anything any more. */
  private void endAll() {
    if (process != null) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    endLeftBehind();
  }

  private void endLeftBehind() {
    leftBehind().forEach(ProcessHandle::destroyForcibly);
  }

  /** Detached agents and the shells around them: arguments or environment name our folder. */
  private List<ProcessHandle> leftBehind() {
    return ProcessHandle.allProcesses()
        .filter(each -> names(each, "cmdline") || names(each, "environ"))
        .toList();
  }

  private boolean names(ProcessHandle handle, String file) {
    try {
      byte[] told = Files.readAllBytes(Path.of("/proc", Long.toString(handle.pid()), file));
      return new String(told, UTF_8).contains(folder + "/");
    } catch (IOException e) {
      return false; // It has ended, or is none of ours.
    }
  }

  private void prepare() throws IOException {
    Files.createDirectories(base());
    Files.createDirectories(smallDisk());
    Files.createDirectories(programs());
    makeKey("host_key", "ed25519", "");
    makeKey("user_key", "ed25519", "");
    makeKey("user_rsa_key", "rsa", KEY_PASSPHRASE);
    makeKey("stranger_key", "ed25519", "");
    Files.writeString(
        folder.resolve("authorized_keys"), read("user_key.pub") + read("user_rsa_key.pub"));
    List<String> shadow =
        Files.readAllLines(Path.of("/etc/shadow")).stream()
            .map(line -> line.startsWith(user() + ":") ? withPassword(line) : line)
            .toList();
    Path shadowFile = folder.resolve("shadow");
    Files.createFile(
        shadowFile,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(shadowFile, shadow);
    Files.writeString(
        folder.resolve("sshd_config"),
        """
        Port %d
        ListenAddress 127.0.0.1
        HostKey %2$s/host_key
        AuthorizedKeysFile %2$s/authorized_keys
        PidFile none
        UsePAM no
        StrictModes no
        PermitRootLogin yes
        PasswordAuthentication yes
        Subsystem sftp internal-sftp
        AllowTcpForwarding yes
        MaxStartups 50:30:100
        SetEnv PATH=%2$s/programs:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        #MaxSessions
        """
            .formatted(port, folder));
    Files.writeString(
        folder.resolve("start.sh"),
        """
        set -e
        mount --bind "$1/shadow" /etc/shadow
        mount -t tmpfs -o size=1m tmpfs "$1/small-disk"
        mkdir -p /run/sshd
        exec /usr/sbin/sshd -D -e -f "$1/sshd_config"
        """);
  }

  private static String withPassword(String shadowLine) {
    String[] fields = shadowLine.split(":", -1);
    fields[1] = PASSWORD_HASH;
    return String.join(":", fields);
  }

  private void launch() {
    try {
      process =
          new ProcessBuilder(
                  "unshare",
                  "--mount",
                  "sh",
                  folder.resolve("start.sh").toString(),
                  folder.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("sshd.log").toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Awaitility.await("sshd listens; its log: " + folder.resolve("sshd.log"))
        .until(
            () -> {
              assertThat(process.isAlive()).as(read("sshd.log")).isTrue();
              return listens();
            });
  }

  private boolean listens() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void makeKey(String name, String type, String passphrase) {
    String file = folder.resolve(name).toString();
    output("ssh-keygen", "-q", "-t", type, "-N", passphrase, "-C", name, "-f", file);
  }

  private String read(String name) {
    try {
      return Files.readString(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String output(String... command) {
    try {
      Process made = new ProcessBuilder(command).redirectErrorStream(true).start();
      made.getOutputStream().close();
      String said = new String(made.getInputStream().readAllBytes(), UTF_8);
      assertThat(made.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(made.exitValue()).as("%s: %s", Arrays.toString(command), said).isZero();
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
