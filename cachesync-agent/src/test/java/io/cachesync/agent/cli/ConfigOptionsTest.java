package io.cachesync.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** {@code --config FILE}: what its keys become, and what is said of one that is not understood. */
class ConfigOptionsTest {
  private static final String ENDS =
      "source = \"redis://127.0.0.1:1\"\ntarget = \"redis://127.0.0.1:2\"\n";

  @TempDir private Path folder;

  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          full-only = true                           | --full-only
          full-only = false                          |
          on-exists = "replace"                      | --on-exists=replace
          include-key = ["a*", 'b\\*']               | --include-key=a* --include-key=b\\*
          include-key = "a,b"                        | --include-key=a,b
          include-key = []                           |
          include-db = [0, 3]                        | --include-db=0 --include-db=3
          include-db = 3                             | --include-db=3
          include-db = "0,3"                         | --include-db=0,3
          db-map = "3:0,0:7"                         | --db-map=3:0,0:7
          db-map = ["3:0", "0:7"]                    | --db-map=3:0 --db-map=0:7
          limit-mb = 1.5                             | --limit-mb=1.5
          limit-mb = 20                              | --limit-mb=20
          limit-commands = 20_000                    | --limit-commands=20000
          continuous-check = 50                      | --continuous-check=50
          continuous-check = true                    | --continuous-check=1000
          continuous-check = false                   |
          source-password-env = "SECRET"             | --source-password-env=SECRET
          work-dir = "~/here"                        | --work-dir=~/here
          rounds = 5                                 |
          keys = "differences.jsonl"                 |
          # nothing                                  |
          """)
  void aKeyBecomesTheOptionThatWouldBeTyped(String key, String words) throws IOException {
    Path file = written(key);
    List<String> expected = new ArrayList<>(List.of("sync"));
    expected.addAll(words == null ? List.of() : List.of(words.split(" ")));
    expected.addAll(List.of("--config", file.toString()));
    assertThat(words("sync", "--config", file.toString())).isEqualTo(expected);
  }

  @Test
  void anOptionOfWhichTheOppositeIsTypedIsTakenAsItIsMeant() throws IOException {
    Path no = written("both-directions = false");
    assertThat(words("check", "--config=" + no)).contains("--no-both-directions");
    assertThat(words("check", "--both-directions", "--config=" + no))
        .doesNotContain("--no-both-directions");
    Path yes = written("both-directions = true");
    assertThat(words("check", "--config=" + yes)).contains("--both-directions");
    assertThat(words("check", "--no-both-directions", "--config=" + yes))
        .doesNotContain("--both-directions");
  }

  @Test
  void whatIsTypedGoesBeforeAllThatTheFileSaysOfIt() throws IOException {
    Path file = written("include-key = ['a*', 'b*']\nlimit-mb = 5\nfull-only = true");
    assertThat(words("sync", "--include-key", "c*", "--limit-mb=7", "--config", file.toString()))
        .containsExactly(
            "sync",
            "--full-only",
            "--include-key",
            "c*",
            "--limit-mb=7",
            "--config",
            file.toString());
  }

  @Test
  void helpNeedsNoFile() {
    assertThat(words("sync", "--help", "--config", "no-such-file")).hasSize(4);
  }

  @Test
  void everyVerbWithOptionsReadsOneFileOfAll() throws IOException {
    StringBuilder all = new StringBuilder("include-key = 'user:*'\nkeys = 'differences.jsonl'\n");
    all.append("rounds = 2\nrelay-max-mb = 3\nundo-file = 'before.jsonl'\n").append(ENDS);
    Path file = written(all.toString());
    AgentCommand.commandLine()
        .getSubcommands()
        .forEach(
            (verb, command) -> {
              boolean isAsked = !List.of("run", "help").contains(verb);
              assertThat(command.getCommandSpec().findOption("--config") != null)
                  .as(verb)
                  .isEqualTo(isAsked);
              if (isAsked && !verb.equals("generate")) { // Its keys are a number.
                assertThat(words(verb, "--config", file.toString()))
                    .as(verb)
                    .contains(
                        command.getCommandSpec().findOption("--target") == null
                            ? "--source=redis://127.0.0.1:1"
                            : "--target=redis://127.0.0.1:2");
              }
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          inclde-key = "a"           | FILE:1: No such key: inclde-key. Did you mean include-key?
          include_key = "a"          | FILE:1: No such key: include_key. Did you mean include-key?
          --full-only = true         | FILE:1: No such key: --full-only. Did you mean full-only?
          no-both-directions = true  | FILE:1: No such key: no-both-directions. Did you mean both-directions?
          frobnicate = 1             | FILE:1: No such key: frobnicate.
          config = "a.toml"          | FILE:1: --config is typed, and stands in no file.
          [sync]                     | FILE:1: sync is a table; options stand in none, as one file serves all verbs.
          [check]                    | FILE:1: check is a table; options stand in none, as one file serves all verbs.
          a.b = 1                    | FILE:1: a is a table; options stand in none, as one file serves all verbs.
          db-map = { 3 = 0 }         | FILE:1: db-map wants text in quotes, FROM:TO, or a list of such, not a table.
          limit-mb = "5"             | FILE:1: limit-mb wants a number, not text.
          limit-commands = 1.5       | FILE:1: limit-commands wants a whole number, not a number.
          full-only = "yes"          | FILE:1: full-only wants true or false, not text.
          full-only = 1              | FILE:1: full-only wants true or false, not a whole number.
          source = 1                 | FILE:1: source wants text in quotes, URI, or a list of such, not a whole number.
          target = ["redis://a:1"]   | FILE:1: target wants text in quotes, URI, not a list.
          task = 2026-01-01          | FILE:1: task wants text in quotes, NAME, not a date or time.
          on-exists = true           | FILE:1: on-exists wants one of refuse, replace, skip, fail, not true or false.
          on-exists = "keep"         | FILE:1: --on-exists wants one of refuse, replace, skip, fail, not 'keep'.
          include-db = [true]        | FILE:1: include-db wants a whole number, or a list of such, not true or false.
          include-db = "x"           | FILE:1: --include-db wants a whole number, not 'x'.
          continuous-check = "x"     | FILE:1: continuous-check wants a whole number, true or false, not text.
          work-dir = ""              | FILE:1: --work-dir wants a path, not ''.
          afresh = true^n^afresh = true | FILE:2: afresh is given twice, first in line 1.
          db-map = 3:0               | FILE:1:10: text needs quotes, as on-exists = "replace".
          include-key = [user:*]     | FILE:1:16: text needs quotes, as on-exists = "replace".
          include-key = ["a", b]     | FILE:1:21: text needs quotes, as on-exists = "replace".
          full-only = True           | FILE:1:13: text needs quotes, as on-exists = "replace".
          task =                     | FILE:1:7: a value is missing: text in quotes, a number, true, false, or a list in [ ].
          include-key = "a\\*"       | FILE:1:17: in double quotes a backslash begins an escape of TOML; put such text into single quotes, where it is meant as such.
          task = "a                  | FILE:1:10: the line ends where TOML expects " or a character.
          full-only                  | FILE:1:10: the line ends where TOML expects . or =.
          task: "a"                  | FILE:1:5: here TOML expects . or =.
          include-db = [1            | FILE:2:1: the file ends where TOML expects ], a comma, or a newline.
          relay-max-mb = 99999999999999999999 | FILE:1:16: Integer is too large.
          """)
  void tellsInOneSentenceWhatIsWrong(String text, String told) throws IOException {
    Path file = written(text.replace("^n^", "\n"));
    assertThat(run("sync", "--config", file.toString())).isEqualTo(2);
    assertThat(err.toString().lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith(told.replace("FILE", file.toString())),
            line -> assertThat(line).isEqualTo("Help: cachesync-agent sync --help"));
  }

  @Test
  void namesTheLineOfAnOptionThatTheVerbRefuses() throws IOException {
    Path file = written("# ends\n" + ENDS + "ttl-tolerance = 5\n");
    assertThat(run("check", "--config", file.toString())).isEqualTo(2);
    assertThat(err.toString())
        .startsWith(file + ":4: --ttl-tolerance is in milliseconds and at least 1000, not 5.\n");
    Path named = written(ENDS + "task = ''\n");
    assertThat(told("sync", "--config", named.toString()))
        .startsWith(named + ":3: --task: a name has up to 64 letters");
    Path plain = written("target = 'redis://127.0.0.1:2'\nsource = '127.0.0.1:1'\n");
    assertThat(told("sync", "--config", plain.toString()))
        .startsWith(plain + ":2: --source: write redis://127.0.0.1:1, or with TLS");
  }

  @Test
  void tellsWhyAFileCannotBeRead() throws IOException {
    String gone = folder.resolve("gone.toml").toString();
    assertThat(told("sync", "--config", gone))
        .isEqualTo("--config: cannot read " + gone + ": there is no such file.");
    assertThat(told("sync", "--config", folder.toString()))
        .isEqualTo("--config: cannot read " + folder + ": it is a folder.");
    assertThat(told("sync", "--config")).isEqualTo("--config wants a path behind it.");
    assertThat(told("sync", "--config=")).isEqualTo("--config wants a path, not ''.");
    assertThat(told("sync", "--config", "a", "--config", "b"))
        .isEqualTo("--config is given twice, and may be given once.");
    Path latin = folder.resolve("latin.toml");
    Files.write(latin, "task = \"\u00e4\"".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(told("sync", "--config", latin.toString()))
        .isEqualTo("--config: " + latin + " is no text in UTF-8, as TOML is.");
    Path large = folder.resolve("dump.rdb");
    Files.write(large, new byte[1 << 21]);
    assertThat(told("sync", "--config", large.toString()))
        .isEqualTo("--config: " + large + " is larger than 1 MB, so it is no file of options.");
  }

  @Test
  void takesAFileOfWindows() throws IOException {
    Path file = written("\ufefftask = 'a'\r\nfull-only = true\r\n");
    assertThat(words("sync", "--config=" + file)).contains("--task=a", "--full-only");
  }

  @Test
  void aReportIsNotWrittenOverIt() throws IOException {
    Path file = written(ENDS);
    for (String verb : List.of("sync", "check")) {
      assertThat(told(verb, "--config", file.toString(), "--report-file", file.toString()))
          .contains("--report-file and --config name the same file");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "redis://user:hunter2@127.0.0.1:1, rw-r--r--, true, false",
    "redis://:hunter2@127.0.0.1:1, rw-r-----, true, false",
    "redis://user@127.0.0.1:1, rw-r--r--, false, false",
    "redis://user:hunter2@127.0.0.1:1, rw-------, false, false",
    "redis://user@127.0.0.1:1, rw-r--r--, false, true",
    "redis://127.0.0.1:1, rw-r--r--, false, false",
  })
  void warnsOfAPasswordThatOthersMayRead(
      String source, String rights, boolean isTold, boolean isElsewhere) throws IOException {
    String variable = isElsewhere ? "source-password-env = 'SECRET'\n" : "";
    Path file = written(variable + "source = ['" + source + "']\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
    ConfigOptions read =
        ConfigOptions.of(AgentCommand.commandLine(), "sync", "--config", file.toString());
    assertThat(read.warning())
        .isEqualTo(
            isTold
                ? file
                    + ":1: this address has a password in it, and others may read the file: chmod"
                    + " 600, or name an environment variable with source-password-env."
                : "");
  }

  @Test
  void noTextOfTheFileIsRepeatedThatMayBeASecret() throws IOException {
    for (String text :
        List.of(
            "source = redis://:hunter2@h",
            "source = hunter2",
            "source = \"redis://:\"hunter2\"@h\"",
            "source = 'redis://:hunter2@h",
            "source = \"redis://:\\hunter2@h\"",
            "source = [\"redis://:hunter2@h\" hunter2]",
            "target = [\"redis://:hunter2@h\"]",
            "source = \"redsi://:hunter2@h\"\ntarget = 'redis://a'",
            "source = \"redis://:hunter2@h:port\"\ntarget = 'redis://a'")) {
      assertThat(told("sync", "--config", written(text).toString()))
          .as(text)
          .contains("config.toml:")
          .doesNotContain("hunter");
    }
  }

  private static List<String> words(String... typed) {
    CommandLine all = AgentCommand.commandLine();
    return List.of(ConfigOptions.of(all, typed).words());
  }

  private Path written(String text) throws IOException {
    return Files.writeString(folder.resolve("config.toml"), text + "\n");
  }

  private String told(String... words) {
    err.getBuffer().setLength(0);
    assertThat(run(words)).isEqualTo(2);
    return err.toString().lines().findFirst().orElseThrow();
  }

  private int run(String... words) {
    return AgentCommand.execute(
        AgentCommand.commandLine().setErr(new PrintWriter(err, true)), words);
  }
}
