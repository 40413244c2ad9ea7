package io.cachesync.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.AgentProcess;
import io.cachesync.testkit.Certificates;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command of docs/cli.md, run in its order as it stands there, but for the addresses. One
 * that this does not know how to run fails it; the Chinese page has the same ones.
 */
class DocumentedCommandsIT {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Pattern COMMAND =
      Pattern.compile("^java .*-jar cachesync-agent\\.jar (.*)$", Pattern.MULTILINE);
  private static final Pattern CONFIG =
      Pattern.compile("^```toml$\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Set<String> FILES =
      Set.of("differences.jsonl", "before.jsonl", "reports.jsonl");

  @RegisterExtension private static final RedisServer MORE = new RedisServer(ServerVersion.V7_0);

  @RegisterExtension private static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @TempDir private static Path folder;
  private static RedisServer source;
  private static int tlsPort;

  @BeforeAll
  static void start() {
    Certificates certificates = Certificates.make(folder, "client", "ip:127.0.0.1");
    tlsPort = RedisServer.freePort();
    source =
        new RedisServer(ServerVersion.V7_0)
            .option("tls-port", Integer.toString(tlsPort))
            .option("tls-cert-file", certificates.certificate().toString())
            .option("tls-key-file", certificates.key().toString())
            .option("tls-ca-cert-file", certificates.certificate().toString())
            .option("tls-auth-clients", "yes")
            .start();
    write(source, "greeting", "hello");
    write(MORE, "parting", "bye");
  }

  @Test
  void everyCommandOfThePageRuns() throws IOException {
    List<String> commands = commands("cli.md");
    assertThat(commands).hasSizeGreaterThan(8);
    Files.writeString(folder.resolve("orders.toml"), addressed(config("cli.md")));
    try {
      commands.forEach(DocumentedCommandsIT::run);
    } finally {
      source.close();
    }
  }

  @Test
  void theChinesePageHasTheSameCommands() throws IOException {
    assertThat(commands("zh/cli.md"))
        .map(command -> command.replace("<命令> [选项]", "<verb> [options]"))
        .isEqualTo(commands("cli.md"));
    assertThat(config("zh/cli.md")).isEqualTo(config("cli.md"));
  }

  private static void run(String typed) {
    String command = typed.equals("<verb> [options]") ? "--help" : typed;
    String verb = command.split(" ")[0];
    prepare(verb);
    try (AgentProcess agent = start(command)) {
      switch (verb) {
        case "--help", "precheck", "finish", "repair", "undo", "probe" -> ends(agent, typed, 0);
        case "check" -> ends(agent, typed, 3); // As prepared.
        case "sync", "generate" -> {
          if (command.contains("--full-only")) {
            ends(agent, typed, 0);
          } else {
            stopped(agent, typed, verb.equals("sync") ? "INCREMENTAL" : "times a second");
          }
        }
        default -> throw new AssertionError("not known how to run: " + typed);
      }
      verify(verb, agent);
    }
  }

  /** What the page takes for granted. */
  private static void prepare(String verb) {
    switch (verb) {
      case "sync", "precheck", "generate" -> TARGET.flush();
      case "check" -> {
        TARGET.flush();
        write(TARGET, "greeting", "hallo");
      }
      default -> {}
    }
  }

  private static void verify(String verb, AgentProcess agent) {
    switch (verb) {
      case "sync" -> assertThat(read("greeting")).isEqualTo("hello");
      case "repair" -> {
        assertThat(read("greeting")).isEqualTo("hello");
        assertThat(folder.resolve("reports.jsonl")).content().contains("\"phase\":\"DONE\"");
      }
      case "undo" -> assertThat(read("greeting")).isEqualTo("hallo");
      case "generate" -> assertThat(TARGET.keys()).isGreaterThan(500);
      case "probe" -> assertThat(agent.standardOutput()).contains("\"version\":\"7.0");
      default -> {}
    }
  }

  private static void ends(AgentProcess agent, String typed, int code) {
    assertThat(agent.exitCode()).as(typed + "\n" + agent.output()).isEqualTo(code);
  }

  private static void stopped(AgentProcess agent, String typed, String begun) {
    Awaitility.await(typed)
        .atMost(Duration.ofSeconds(60))
        .until(() -> agent.output().contains(begun) || !agent.isAlive());
    agent.terminate();
    ends(agent, typed, 130);
  }

  private static AgentProcess start(String command) {
    List<String> java =
        List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Duser.home=" + folder.toAbsolutePath());
    List<String> words = new ArrayList<>();
    for (String word : command.split(" ")) {
      boolean isFile =
          FILES.contains(word) || word.matches(".*\\.(pem|toml)") || word.endsWith(".key");
      words.add(isFile ? file(word) : addressed(word));
    }
    return AgentProcess.startWith(java, words.toArray(String[]::new));
  }

  private static String file(String word) {
    return folder.resolve(word.equals("ca.pem") ? "client.pem" : word).toString();
  }

  private static String addressed(String word) {
    String known =
        word.replace("10.0.0.1:6380", "127.0.0.1:" + tlsPort)
            .replace("10.0.0.1:6379", source.address())
            .replace("10.0.0.2:6379", TARGET.address())
            .replace("10.0.0.3:6379", MORE.address())
            .replace("127.0.0.1:6379", TARGET.address())
            .replace("1000000", "1000");
    assertThat(known).doesNotContain("10.0.0.");
    return known;
  }

  /** The page's file of options. */
  private static String config(String page) throws IOException {
    Matcher block = CONFIG.matcher(Files.readString(DOCS.resolve(page)));
    assertThat(block.find()).as(page).isTrue();
    return block.group(1);
  }

  private static List<String> commands(String page) throws IOException {
    Matcher lines = COMMAND.matcher(Files.readString(DOCS.resolve(page)));
    List<String> commands = lines.results().map(line -> line.group(1).strip()).toList();
    // Each command of the agent stands in a fence, at the beginning of its line.
    try (Stream<String> all = Files.lines(DOCS.resolve(page))) {
      assertThat(all.filter(line -> line.contains("cachesync-agent.jar "))).hasSameSizeAs(commands);
    }
    return commands;
  }

  private static void write(RedisServer server, String key, String value) {
    try (RespClient client = server.client()) {
      client.call("SET", key, value);
    }
  }

  private static String read(String key) {
    try (RespClient client = TARGET.client()) {
      return client.text("GET", key);
    }
  }
}
