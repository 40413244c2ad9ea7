package io.cachesync.web.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cachesync.testkit.FaultProxy;
import io.cachesync.web.testkit.Sshd;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a real OpenSSH server. */
class SshPoolIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static Sshd sshd;
  private SshPool pool;

  @BeforeAll
  static void startServer() {
    sshd = Sshd.start();
  }

  @AfterAll
  static void stopServer() {
    sshd.close();
  }

  @BeforeEach
  void newPool() {
    pool = new SshPool(Clock.systemUTC());
  }

  @AfterEach
  void closePool() {
    pool.close();
  }

  @Test
  void showsTheFingerprintThatSshKeygenShows() {
    HostKeyPin pin = pool.hostKey("127.0.0.1", sshd.port());
    assertThat(pin.fingerprint()).isEqualTo(sshd.fingerprint());
    assertThat(HostKeyPin.parse(pin.text())).isEqualTo(pin);
  }

  @Test
  void logsInByEd25519Key() {
    assertThat(echo(pool.connect(byKey(sshd.privateKey(), "")), "key")).isEqualTo("key");
  }

  @Test
  void logsInByRsaKeyUnderAPassphrase() {
    SshTarget target = byKey(sshd.encryptedPrivateKey(), Sshd.KEY_PASSPHRASE);
    assertThat(echo(pool.connect(target), "rsa")).isEqualTo("rsa");
  }

  @Test
  void logsInByPassword() {
    assertThat(echo(pool.connect(byPassword(Sshd.PASSWORD)), "word")).isEqualTo("word");
  }

  @Test
  void refusesAWrongPasswordInSoManyWords() {
    SshFault fault = faultOf(() -> pool.connect(byPassword("wrong-password")));
    assertThat(fault.code()).isEqualTo(SshFault.Code.AUTH_FAILED);
    assertThat(fault.arguments()).containsExactly("127.0.0.1:" + sshd.port(), sshd.user());
    assertThat(fault.getMessage()).doesNotContain("wrong-password");
  }

  @Test
  void refusesAKeyThatTheHostDoesNotKnow() {
    assertThat(faultOf(() -> pool.connect(byKey(sshd.strangersKey(), ""))).code())
        .isEqualTo(SshFault.Code.AUTH_FAILED);
  }

  @Test
  void tellsAWrongPassphraseFromARefusedLogin() {
    assertThat(faultOf(() -> pool.connect(byKey(sshd.encryptedPrivateKey(), "no"))).code())
        .isEqualTo(SshFault.Code.KEY_UNREADABLE);
    assertThat(faultOf(() -> pool.connect(byKey("not a key", ""))).code())
        .isEqualTo(SshFault.Code.KEY_UNREADABLE);
  }

  @Test
  void sendsNothingToAHostThatNobodyConfirmed() {
    SshTarget target = target(new SshLogin.Password(Sshd.PASSWORD), null);
    assertThat(faultOf(() -> pool.connect(target)).code())
        .isEqualTo(SshFault.Code.HOST_KEY_UNKNOWN);
  }

  @Test
  void stopsAtAChangedHostKey() {
    try (Sshd other = Sshd.start()) {
      HostKeyPin pin = pool.hostKey("127.0.0.1", other.port());
      SshTarget target =
          new SshTarget(
              "127.0.0.1",
              other.port(),
              other.user(),
              new SshLogin.Password("right-password"),
              pin);
      echo(pool.connect(target), "before");
      other.changeHostKey();
      SshFault fault = faultOf(() -> echo(pool.connect(target), "after"));
      assertThat(fault.code()).isEqualTo(SshFault.Code.HOST_KEY_CHANGED);
      assertThat(fault.arguments()).contains(other.fingerprint(), pin.fingerprint());
    }
  }

  @Test
  void tellsARefusingPortFromAStrangeServerAndAnUnknownName() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    assertThat(faultOf(() -> pool.hostKey("127.0.0.1", closed)).code())
        .isEqualTo(SshFault.Code.REFUSED);
    assertThat(faultOf(() -> pool.hostKey("no-such-host.invalid", 22)).code())
        .isEqualTo(SshFault.Code.ADDRESS_UNKNOWN);
    try (ServerSocket strange = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread answers = new Thread(() -> hangUp(strange));
      answers.setDaemon(true);
      answers.start();
      assertThat(faultOf(() -> pool.hostKey("127.0.0.1", strange.getLocalPort())).code())
          .isEqualTo(SshFault.Code.NOT_SSH);
    }
  }

  @Test
  void readsExitCodes() {
    SshConnection connection = pool.connect(byKey(sshd.privateKey(), ""));
    RemoteScript fails = RemoteScript.of("fails", "echo out; echo why >&2; exit 7");
    ExecResult result = connection.exec(fails, List.of(), LIMIT);
    assertThat(result).isEqualTo(new ExecResult(7, "out\n", "why\n"));
    SshFault fault = faultOf(() -> connection.run(fails, List.of(), LIMIT));
    assertThat(fault.code()).isEqualTo(SshFault.Code.COMMAND_FAILED);
    assertThat(fault.arguments()).endsWith("fails", "7", "why");
  }

  @Test
  void takesParametersAsTheyAreAndNeverAsShell() {
    SshConnection connection = pool.connect(byKey(sshd.privateKey(), ""));
    for (String nasty :
        List.of("$(touch /tmp/x); `id`", "a'b\"c\\d", "<script>alert(1)</script>", " ä 中")) {
      assertThat(echo(connection, nasty)).isEqualTo(nasty);
    }
    assertThatThrownBy(() -> echo(connection, "two\nlines"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void handsOnLinesWhileTheCommandRuns() {
    SshConnection connection = pool.connect(byKey(sshd.privateKey(), ""));
    RemoteScript cat = RemoteScript.of("cat", "exec cat");
    List<String> lines = new ArrayList<>();
    byte[] input = "one\ntwo\n".getBytes(StandardCharsets.UTF_8);
    ExecResult result = connection.stream(cat, List.of(), input, LIMIT, lines::add);
    assertThat(result.exitStatus()).isZero();
    assertThat(lines).containsExactly("one", "two");
  }

  @Test
  void endsACommandThatTakesTooLong() {
    SshConnection connection = pool.connect(byKey(sshd.privateKey(), ""));
    RemoteScript sleeps = RemoteScript.of("sleeps", "exec sleep 30");
    assertThat(faultOf(() -> connection.exec(sleeps, List.of(), Duration.ofMillis(300))).code())
        .isEqualTo(SshFault.Code.TIMEOUT);
    assertThat(echo(connection, "still there")).isEqualTo("still there");
  }

  @Test
  void sharesOneSessionAndTakesANewOneAfterADrop() {
    // Of its own: sessions of other tests may be about to end.
    try (Sshd other = Sshd.start()) {
      SshTarget target = byKeyAt(other);
      SshConnection connection = pool.connect(target);
      echo(connection, "a");
      Awaitility.await("the look at the key is over").until(() -> other.sessions().size() == 1);
      echo(pool.connect(target), "b");
      assertThat(other.sessions()).hasSize(1);
      other.dropSessions();
      Awaitility.await().ignoreExceptions().until(() -> echo(connection, "c").equals("c"));
    }
  }

  @Test
  void writesFilesWholeWithTheirModeSetFirst() throws IOException {
    SshConnection connection = pool.connect(byKey(sshd.privateKey(), ""));
    Path file = sshd.base().resolve("deep/er/secrets.json");
    try (SftpFiles files = connection.files(LIMIT)) {
      files.makeDirectories(file.getParent().toString(), 0700);
      files.put(file.toString(), "old".getBytes(StandardCharsets.UTF_8), 0600);
      files.put(file.toString(), "new".getBytes(StandardCharsets.UTF_8), 0600);
      assertThat(files.read(file.toString(), 100)).asString().isEqualTo("new");
      assertThat(files.read(file + ".none", 100)).isNull();
      assertThat(files.exists(file.toString())).isTrue();
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
        .isEqualTo("rwx------");
    assertThat(file.getParent()).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void saysThatTheDiskIsFull() {
    SshConnection connection = pool.connect(byKey(sshd.privateKey(), ""));
    String file = sshd.smallDisk() + "/big";
    try (SftpFiles files = connection.files(LIMIT)) {
      SshFault fault = faultOf(() -> files.put(file, new byte[4 << 20], 0600));
      assertThat(fault.code()).isEqualTo(SshFault.Code.DISK_FULL);
    }
    try (SftpFiles files = connection.files(LIMIT)) {
      assertThat(files.exists(file)).isFalse();
      // The half of it was removed: there is room again.
      files.put(file, new byte[512 << 10], 0600);
    }
  }

  /** Also where the program that is named for it is not installed. */
  @Test
  void saysThatTheServerOffersNoSftp() {
    for (String program : List.of("/nowhere/sftp-server", "")) {
      try (Sshd other = Sshd.start()) {
        other.sftpBy(program);
        SshConnection connection = pool.connect(byKeyAt(other));
        SshFault fault = faultOf(() -> connection.files(LIMIT));
        assertThat(fault.code()).as(program).isEqualTo(SshFault.Code.NO_SFTP);
        assertThat(fault.machineAway()).isFalse();
        assertThat(echo(connection, "still there")).isEqualTo("still there");
      }
    }
  }

  @Test
  void takesAFurtherConnectionWhereTheServerOpensNoMoreChannelsOnOne() throws IOException {
    ExecutorService threads = Executors.newCachedThreadPool();
    try (Sshd other = Sshd.start()) {
      other.maxSessions(2);
      SshConnection connection = pool.connect(byKeyAt(other));
      RemoteScript waits =
          RemoteScript.of("waits", "IFS= read -r gate; mkfifo \"$gate\"; exec cat \"$gate\"");
      List<Path> gates =
          IntStream.range(0, 7).mapToObj(n -> other.base().resolve("gate-" + n)).toList();
      List<CompletableFuture<String>> answers =
          gates.stream()
              .map(
                  gate ->
                      CompletableFuture.supplyAsync(
                          () -> connection.run(waits, List.of(gate.toString()), LIMIT).stdout(),
                          threads))
              .toList();

      Awaitility.await("all of them run at once")
          .failFast(() -> answers.stream().anyMatch(CompletableFuture::isCompletedExceptionally))
          .until(() -> gates.stream().allMatch(Files::exists));
      try (SftpFiles files = connection.files(LIMIT)) {
        assertThat(files.exists(gates.get(0).toString())).isTrue();
      }
      for (Path gate : gates) {
        Files.writeString(gate, "through " + gate.getFileName() + "\n", StandardOpenOption.WRITE);
      }
      assertThat(answers.stream().map(CompletableFuture::join))
          .containsExactlyElementsOf(
              gates.stream().map(gate -> "through " + gate.getFileName() + "\n").toList());

      pool.forget(connection.target());
      Awaitility.await("no connection is left").until(() -> other.sessions().isEmpty());
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void saysThatTheServerOpensNoChannel() {
    try (Sshd other = Sshd.start()) {
      other.maxSessions(0);
      SshConnection connection = pool.connect(byKeyAt(other));
      SshFault fault = faultOf(() -> echo(connection, "anything"));
      assertThat(fault.code()).isEqualTo(SshFault.Code.NO_CHANNEL);
      assertThat(fault.arguments()).startsWith("127.0.0.1:" + other.port());
      assertThat(fault.machineAway()).isFalse();
      assertThat(faultOf(() -> connection.files(LIMIT)).code()).isEqualTo(SshFault.Code.NO_CHANNEL);
    }
  }

  /** A further login would be refused its channel too; once the server is set right, one helps. */
  @Test
  void logsInOnceAtAServerThatOpensNoChannelAndAgainOnceItDoes() throws IOException {
    try (Sshd other = Sshd.start()) {
      other.maxSessions(0);
      try (FaultProxy proxy = new FaultProxy(other.port())) {
        SshConnection connection = pool.connect(byKeyThrough(proxy, other));
        int logins = proxy.taken();
        assertThat(faultOf(() -> echo(connection, "anything")).code())
            .isEqualTo(SshFault.Code.NO_CHANNEL);
        assertThat(proxy.taken()).isEqualTo(logins);
        other.maxSessionsOfNewConnections(10);
        assertThat(echo(connection, "set right")).isEqualTo("set right");
        assertThat(proxy.taken()).isEqualTo(logins + 1);
      }
    }
  }

  /** What one is refused may be what another one got at that moment: that is no refusal of all. */
  @Test
  void manyAtOnceGetTheirChannelsAlsoWhereEachConnectionHasOne() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(5);
    try (Sshd other = Sshd.start()) {
      other.maxSessions(1);
      SshTarget target = byKeyAt(other);
      for (int round = 0; round < 5; round++) {
        SshConnection connection = pool.connect(target);
        CyclicBarrier together = new CyclicBarrier(5);
        List<Future<String>> answers = new ArrayList<>();
        for (int n = 0; n < 5; n++) {
          String text = "n-" + n;
          answers.add(
              threads.submit(
                  () -> {
                    together.await();
                    return echo(connection, text);
                  }));
        }
        for (int n = 0; n < 5; n++) {
          assertThat(answers.get(n).get()).isEqualTo("n-" + n);
        }
        pool.forget(target);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** One that waited for a login that was given up meanwhile made another that nobody closed. */
  @Test
  void leavesNoConnectionBehindWhereALoginIsGivenUpWhileOthersWaitForIt() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(9);
    try (Sshd other = Sshd.start()) {
      SshTarget target = byKeyAt(other);
      for (int round = 0; round < 5; round++) {
        CyclicBarrier together = new CyclicBarrier(9);
        List<Future<?>> done = new ArrayList<>();
        for (int n = 0; n < 9; n++) {
          boolean forgets = n == 8;
          done.add(
              threads.submit(
                  () -> {
                    together.await();
                    if (forgets) {
                      Awaitility.await()
                          .pollInterval(Duration.ofMillis(1))
                          .until(() -> !other.sessions().isEmpty());
                      pool.forget(target);
                    } else {
                      pool.connect(target);
                    }
                    return null;
                  }));
        }
        for (Future<?> each : done) {
          each.get();
        }
        pool.forget(target);
        Awaitility.await("no connection is left").until(() -> other.sessions().isEmpty());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void leavesNoHalfFileUnderItsNameWhenTheConnectionDrops() {
    try (FaultProxy proxy = new FaultProxy(sshd.port())) {
      SshTarget through =
          new SshTarget(
              "127.0.0.1",
              proxy.port(),
              sshd.user(),
              new SshLogin.PrivateKey(sshd.privateKey(), ""),
              pool.hostKey("127.0.0.1", sshd.port()));
      SshConnection connection = pool.connect(through);
      Path file = sshd.base().resolve("transfer.jar");
      try (SftpFiles files = connection.files(LIMIT)) {
        byte[] content = new byte[8 << 20];
        new Random(1).nextBytes(content);
        proxy.cutAfter(2 << 20);
        SshFault fault =
            faultOf(() -> files.put(file.toString(), new ByteArrayInputStream(content), 0600));
        assertThat(fault.code()).isEqualTo(SshFault.Code.DROPPED);
        assertThat(fault.machineAway()).isTrue();
      }
      assertThat(file).doesNotExist();
    }
  }

  @Test
  void keepsAPortOpenOnTheMachineAndSaysWhenItDropped() throws IOException {
    try (ServerSocket console = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        PortForward forward =
            pool.forward(byKey(sshd.privateKey(), ""), 0, "127.0.0.1", console.getLocalPort())) {
      assertThat(forward.remotePort()).isPositive();
      try (Socket agent = new Socket(InetAddress.getLoopbackAddress(), forward.remotePort());
          Socket arrived = console.accept()) {
        agent.getOutputStream().write('x');
        assertThat(arrived.getInputStream().read()).isEqualTo('x');
      }
      int port = forward.remotePort();
      sshd.dropSessions();
      Awaitility.await().until(() -> !forward.isOpen());
      try (PortForward again =
          pool.forward(byKey(sshd.privateKey(), ""), port, "127.0.0.1", console.getLocalPort())) {
        assertThat(again.remotePort()).isEqualTo(port);
        assertThat(
                faultOf(() -> pool.forward(byKey(sshd.privateKey(), ""), port, "127.0.0.1", 1))
                    .code())
            .isEqualTo(SshFault.Code.FORWARD_REFUSED);
      }
    }
  }

  private static void hangUp(ServerSocket server) {
    try (Socket socket = server.accept()) {
      socket.getOutputStream().write("-ERR not SSH\r\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException ignored) {
      // The test has what it wants.
    }
  }

  private static String echo(SshConnection connection, String text) {
    RemoteScript echo = RemoteScript.of("echo", "IFS= read -r text; printf \"%s\" \"$text\"");
    return connection.run(echo, List.of(text), LIMIT).stdout().stripTrailing();
  }

  private static SshFault faultOf(ThrowingCallable call) {
    SshFault fault = catchThrowableOfType(SshFault.class, call);
    assertThat(fault).as("a fault").isNotNull();
    return fault;
  }

  private SshTarget byKey(String key, String passphrase) {
    return target(new SshLogin.PrivateKey(key, passphrase), pool.hostKey("127.0.0.1", sshd.port()));
  }

  private SshTarget byKeyAt(Sshd other) {
    return new SshTarget(
        "127.0.0.1",
        other.port(),
        other.user(),
        new SshLogin.PrivateKey(other.privateKey(), ""),
        pool.hostKey("127.0.0.1", other.port()));
  }

  private SshTarget byKeyThrough(FaultProxy proxy, Sshd other) {
    return new SshTarget(
        "127.0.0.1",
        proxy.port(),
        other.user(),
        new SshLogin.PrivateKey(other.privateKey(), ""),
        pool.hostKey("127.0.0.1", other.port()));
  }

  private SshTarget byPassword(String password) {
    return target(new SshLogin.Password(password), pool.hostKey("127.0.0.1", sshd.port()));
  }

  private static SshTarget target(SshLogin login, HostKeyPin pin) {
    return new SshTarget("127.0.0.1", sshd.port(), sshd.user(), login, pin);
  }
}
