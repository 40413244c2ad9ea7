package io.cachesync.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.FaultCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** What the command line says to who types something wrong, and to who asks for help. */
class UsageTest {
  private static final String ENDS = "--source redis://127.0.0.1:1 --target redis://127.0.0.1:2 ";
  private static final String CLUSTER =
      "--source redis-cluster://127.0.0.1:1 --target redis://127.0.0.1:2 ";
  private static final String TLS = "--source rediss://127.0.0.1:1 --target redis://127.0.0.1:2 ";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          synk                        | No such verb: synk. Did you mean sync?
          migrate                     | No such verb: migrate.
          sync --sorce a              | No such option: --sorce. Did you mean --source?
          sync --sorce=a              | No such option: --sorce. Did you mean --source?
          check ENDS --modee full     | No such option: --modee. Did you mean --mode?
          check ENDS --frobnicate     | No such option: --frobnicate.
          check ENDS too              | Not understood: too.
          snyc                        | No such verb: snyc. Did you mean sync?
          help snyc                   | No such verb: snyc. Did you mean sync?
          sync --source               | --source wants URI behind it.
          sync --source redis://a:1   | Missing: --target URI.
          sync                        | Missing: --source URI and --target URI.
          undo --target redis://a:1   | Missing: FILE.
          sync ENDS --target redis://a:1 | --target is given twice, and may be given once.
          sync ENDS --source redis://127.0.0.1:1 | --source: 127.0.0.1:1 is given twice.
          check ENDS --source redis://127.0.0.1:1 | --source: 127.0.0.1:1 is given twice.
          repair ENDS --keys /dev/null --source redis://127.0.0.1:1 | --source: 127.0.0.1:1 is given twice.
          sync ENDS --source redis://127.0.0.1:3/5 | --source: of several sources the same databases are moved: use --include-db.
          check ENDS --source redis://127.0.0.1:3/5 | --source: of several sources the same databases are compared: use --include-db.
          repair ENDS --keys /dev/null --source redis://127.0.0.1:3/5 | --source: of several sources the same databases are repaired: use --include-db.
          sync ENDS --on-exists keep  | --on-exists wants one of refuse, replace, skip, fail, not 'keep'.
          sync ENDS --on-unsupported x | --on-unsupported wants one of stop, skip, not 'x'.
          sync ENDS --progress loud   | --progress wants one of auto, plain, none, not 'loud'.
          sync ENDS --full-only=maybe | --full-only wants no value, not 'maybe'.
          sync ENDS --include-db x    | --include-db wants a whole number, not 'x'.
          sync ENDS --limit-mb 5MB    | --limit-mb wants a number, not '5MB'.
          sync ENDS --limit-mb NaN    | --limit-mb wants a number of at least 0, not NaN.
          check ENDS --mode deep      | --mode wants one of full, length, outline, smart, not 'deep'.
          check ENDS --rounds x       | --rounds wants a whole number, not 'x'.
          check ENDS --rounds 0       | --rounds wants a number of at least 1, not 0.
          check ENDS --parallel 99999 | --parallel wants a number from 1 to
          check ENDS --pause -1       | --pause wants a number of at least 0, not -1.
          check ENDS --big -5         | --big wants a number of at least 0, not -5.
          check ENDS --limit-commands -5 | --limit-commands wants a number of at least 0, not -5.
          repair ENDS --keys /no --rounds 0 | --rounds: one round does not tell what is being written; give 2 or more.
          repair ENDS --keys /no --pause -0.5 | --pause wants a number of at least 0, not -0.5.
          repair ENDS --keys /no --limit-mb -1 | --limit-mb wants a number of at least 0, not -1.
          generate --target redis://a --rate -2 | --rate wants a number of at least 0, not -2.
          generate --target redis://a --keys=-2 | --keys wants a number of at least 0, not -2.
          sync ENDS --relay-max-mb 99999999999999 | --relay-max-mb wants a number from 0 to 1000000000000, not 99999999999999.
          sync ENDS --parallel-full-syncs 0 | --parallel-full-syncs wants a number of at least 1, not 0.
          sync ENDS --limit-commands -1 | --limit-commands wants a number of at least 0, not -1.
          sync ENDS --continuous-check=-1 | --continuous-check wants a number of at least 0, not -1.
          sync ENDS --db-map 1:0      | --db-map: two databases of the source would become database 0: map the other one too, or leave it out with --exclude-db.
          sync ENDS --db-map 1        | --db-map wants FROM:TO, each database once, not '1'.
          sync ENDS --include-db -1   | --include-db: a database is never negative: -1.
          sync ENDS --exclude-db -1   | --exclude-db: a database is never negative: -1.
          sync ENDS --include-key [a  | --include-key: in the pattern '[a' a bracket is not closed.
          sync ENDS --exclude-key a\\ | --exclude-key: in 'a\\' a backslash ends the text
          sync ENDS --include-type text | --include-type: 'text' is no type: string,
          sync ENDS --exclude-command flushal | --exclude-command: there is no command 'flushal' in a replication stream: FLUSHALL is likely meant.
          sync ENDS --exclude-command MULTI | --exclude-command: 'MULTI' holds the stream together.
          sync ENDS --rename-prefix a:=a | --rename-prefix: the rule 'a:=a' renames nothing.
          check ENDS --ttl-tolerance 5s | --ttl-tolerance wants a whole number of milliseconds, without a unit, not '5s'.
          check ENDS --ttl-tolerance 5 | --ttl-tolerance is in milliseconds and at least 1000, not 5.
          check ENDS --pause 2s       | --pause wants a number of seconds, without a unit, not '2s'.
          check ENDS --sample 200     | --sample wants a number from 0.0001 to 100, not 200.
          check --source 10.0.0.1:6379 --target redis://a | --source: write redis://10.0.0.1:6379, or with TLS rediss://10.0.0.1:6379;
          sync ENDS --report-file /no/folder/file | --report-file: cannot write /no/folder/file: there is no folder /no/folder.
          sync ENDS --report-file /   | --report-file: cannot write /: it is a folder.
          check ENDS --result /no/folder/file | --result: cannot write /no/folder/file: there is no folder /no/folder.
          repair ENDS --keys /no --undo-file /no/folder/file | --undo-file: cannot write /no/folder/file: there is no folder /no/folder.
          repair ENDS --keys /dev/null --result /no/folder/file | --result: cannot write /no/folder/file: there is no folder
          sync ENDS --limit-mb -1     | --limit-mb wants a number of at least 0, not -1.
          sync CLUSTER --slots 0-99   | --slots: give the jobs that belong together the same --task NAME.
          sync ENDS --task t --slots 0-99 | --slots: only of one cluster as the source slots are chosen.
          sync CLUSTER --task t --slots all | --slots: not slots, such as 0-5460,10923-16383: all.
          sync CLUSTER --task t --slots 0-16384 | --slots: not slots from 0 to 16383: 0-16384.
          sync CLUSTER --task t --slots 9-0 | --slots: not slots from 0 to 16383: 9-0.
          sync CLUSTER --task t --slots 0-99 --on-exists skip | --slots: some slots of a source are copied into a target only that was empty before.
          sync ENDS --source-ca nofile | --source: TLS options need an address with rediss://.
          sync ENDS --source-tls-cert nofile | TLS options need an address with rediss://.
          sync TLS --source-ca nofile | --source: cannot read nofile: there is no such file.
          sync TLS --source-tls-cert nofile --source-tls-key nofile | --source: cannot read nofile: there is no such file.
          sync TLS --source-tls-key nofile | give both --source-tls-cert and --source-tls-key.
          sync TLS --source-tls-key-password-env NO | a password of a key needs --source-tls-key.
          sync ENDS --source-password-env NO_SUCH | the environment has no variable NO_SUCH.
          sync --source redis://mig@a --target redis://b | --source: the user is given without a password: name the environment variable that holds it, --source-password-env NAME, or write redis://USER:@host:port for a user who has none.
          sync --source redis://a --source redis://mig@b --target redis://c | --source: the user is given without a password:
          precheck --source redis://a --target redis-cluster://mig@b,c | --target: the user is given without a password: name the environment variable that holds it, --target-password-env NAME,
          check --source rediss://mig@a --target redis://b | --source: the user is given without a password:
          repair --keys /no --source redis://a --target redis://mig@b | --target: the user is given without a password:
          generate --target redis://mig@b | --target: the user is given without a password:
          probe --source redis-sentinel://mig@b/?master=m | --source: the user is given without a password:
          sync --source redis://mig@a --target redis://b --source-password-env NO_SUCH | the environment has no variable NO_SUCH.
          sync check ENDS             | One verb at a time: it is sync, and check comes too.
          --source redis://a         | The verb comes first, as: cachesync-agent sync --source …
          check ENDS --result same --report-file ./same | --result and --report-file name the same file, same: give each its own.
          repair ENDS --keys same --result same | --keys and --result name the same file, same: give each its own.
          repair ENDS --keys same --undo-file same | --keys and --undo-file name the same file, same: give each its own.
          ''                          | Which verb? See --help.
          """)
  void tellsInOneSentenceWhatIsWrong(String typed, String told) {
    assertThat(run(typed)).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(2);
    assertThat(err.toString().lines().findFirst().orElseThrow()).contains(told);
    assertThat(err.toString()).contains("Help: cachesync-agent");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          undo /no/file --target redis://127.0.0.1:2  | There is no file /no/file.
          repair ENDS --keys /no/file                 | There is no file /no/file.
          run /no/folder                              | The folder /no/folder has no job.json.
          run no-folder                               | The folder no-folder has no job.json.
          sync ENDS --work-dir /etc/passwd            | The work directory /etc/passwd cannot be made: /etc/passwd is a file and no folder.
          sync ENDS --work-dir /etc/passwd/in/it      | The work directory /etc/passwd/in/it cannot be made: /etc/passwd is a file and no folder.
          sync ENDS --work-dir /proc/in/it            | The work directory /proc/in/it cannot be made: in /proc nothing can be made.
          """)
  void tellsWhichFileIsMissing(String typed, String told) {
    assertThat(run(typed)).isEqualTo(2);
    assertThat(err.toString()).isEqualTo(told + "\n");
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          precheck | {} | sync
          precheck | {"sync": {"task": "t", "source": {"addresses": ["a:1"]}, "target": {}}} | sync.target.addresses
          precheck | {"sync": {"task": "t", "source": {"addresses": ["a:1"]}, "target": {"addresses": ["b:1"]}}} | secrets
          probe | {} | endpoint
          repair | {} | repair
          repair | {"repair": {"check": {}}} | repair.check.source
          """)
  void namesWhatASpecLacks(String verb, String json, String missing, @TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("spec.json"), json);
    assertThat(run(verb + " --spec " + file)).isEqualTo(2);
    assertThat(err.toString().lines()).first().isEqualTo("--spec: the spec lacks " + missing + ".");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aJobThatLacksAllIsToldInOneSentence(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("job.json"), "{}");
    Path secrets = Files.writeString(folder.resolve("secrets.json"), "{}");
    assertThat(run("run " + folder)).isEqualTo(2);
    assertThat(err.toString()).isEqualTo("The file " + file + " lacks jobId.\n");
    assertThat(secrets).exists();
  }

  @Test
  void tellsAnAddressThatRefusesOnceAndWhatToDo() {
    assertThat(run("check " + ENDS)).isEqualTo(4);
    assertThat(err.toString().lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("CONNECTION_REFUSED: 127.0.0.1:"),
            line -> assertThat(line).startsWith("Check that the server runs"));
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aPrecheckNamesTheOptionToo() {
    assertThat(run("precheck " + ENDS)).isEqualTo(4);
    assertThat(out.toString()).contains("        Check that the server runs");
    assertThat(out.toString().lines())
        .last()
        .isEqualTo(
            "A migration may not begin: 2 findings block it, 0 warnings, 0 passed. What is behind it"
                + " was not asked.");
  }

  @Test
  void theBeginningOfAPathMayBeTheHome() {
    run("repair " + ENDS + "--keys=~/no-such-file");
    assertThat(err.toString())
        .isEqualTo("There is no file " + System.getProperty("user.home") + "/no-such-file.\n");
  }

  @Test
  void anAddressWithASecretIsNotRepeated() {
    run("check --source :hunter2@10.0.0.1:6379 --target redis://a");
    assertThat(err.toString()).contains("an address looks like").doesNotContain("hunter2");
    run("check --source redis://hunter2@10.0.0.1:6379 --target redis://a");
    assertThat(err.toString()).contains("without a password").doesNotContain("hunter2");
  }

  @Test
  void helpOfAVerbIsWhatItsOptionTells() {
    assertThat(run("sync --help")).isZero();
    String told = out.toString();
    out.getBuffer().setLength(0);
    assertThat(run("help sync")).isZero();
    assertThat(out.toString()).isEqualTo(told).contains("--on-exists");
    out.getBuffer().setLength(0);
    assertThat(run("help")).isZero();
    assertThat(out.toString()).contains("Usage: cachesync-agent", "precheck");
  }

  @Test
  void theHelpOfEachVerbEndsWithAnExampleThatIsUnderstood() {
    AgentCommand.commandLine()
        .getSubcommands()
        .forEach(
            (verb, command) -> {
              String footer = String.join("\n", command.getCommandSpec().usageMessage().footer());
              assertThat(footer).as(verb).contains("Example", "  cachesync-agent " + verb + " ");
              for (String each : footer.replace("\\\n", " ").split("\n")) {
                if (each.startsWith("  cachesync-agent ")) {
                  String[] words = each.strip().split(" +");
                  CommandLine all = AgentCommand.commandLine();
                  all.parseArgs(Arrays.copyOfRange(words, 1, words.length));
                }
              }
            });
  }

  @Test
  void everyVerbHelps() {
    assertThat(run("--help")).isZero();
    CommandLine all = AgentCommand.commandLine();
    all.getSubcommands()
        .forEach(
            (verb, command) -> {
              CommandSpec spec = command.getCommandSpec();
              // The first line alone stands in the list of verbs.
              assertThat(spec.usageMessage().description()[0]).as(verb).endsWith(".");
              assertThat(out.toString()).contains(verb);
              for (ArgSpec each : spec.args()) {
                assertThat(String.join("", each.description())).as(verb + " " + each).isNotBlank();
              }
              if (!verb.equals("help")) {
                String told = String.join("\n", spec.usageMessage().description());
                assertThat(told).as(verb).contains("Ends with ");
              }
              assertThat(run(verb + " --help")).isZero();
            });
    assertThat(err.toString()).isEmpty();
    assertThat(out.toString())
        .contains("Usage: cachesync-agent sync --source URI --target URI [options]")
        .contains("Usage: cachesync-agent undo FILE --target URI [options]");
    assertThat(out.toString().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(81));
  }

  @Test
  void optionsStandUnderHeadingsAndWhatIsTypedIsNotBroken() {
    run("sync --help");
    String told = out.toString();
    assertThat(told)
        .containsSubsequence(
            "\nSource:\n  --source URI ",
            "\nTarget:\n  --target URI ",
            "\nTLS (addresses that begin with rediss):\n  --source-ca FILE ",
            "\nKeys:\n  --slots RANGES ",
            "\nLimits:\n  --limit-mb N ",
            "\nProgress and files:\n  --progress auto|plain|none\n",
            "\nAddresses:\n  redis://[user:password@]host:port[/db] ",
            "\nExample")
        .contains(" ~/.cachesync/agent/<task>", " user::=u:.", " 3:0. ")
        .contains("  --continuous-check [N] ", "without N:\n                            1000");
    AgentCommand.commandLine()
        .getSubcommands()
        .forEach(
            (verb, command) ->
                assertThat(command.getCommandSpec().options())
                    .as(verb)
                    .allMatch(OptionHeading::isKnown));
  }

  @Test
  void whatToDoNamesTheOptionsThatTheVerbHas() {
    run("generate --target redis://no-such-host.invalid");
    assertThat(err.toString()).contains("ADDRESS_UNKNOWN", "this machine's DNS must know its host");
    CommandSpec generate =
        AgentCommand.commandLine().getSubcommands().get("generate").getCommandSpec();
    CommandSpec check = AgentCommand.commandLine().getSubcommands().get("check").getCommandSpec();
    assertThat(Advice.of(FaultCode.TLS_FAILED, generate))
        .contains("--target-ca FILE")
        .doesNotContain("--source");
    assertThat(Advice.of(FaultCode.TLS_FAILED, check)).contains("--source-ca or --target-ca FILE");
    assertThat(Advice.of(FaultCode.DISK_FULL, check)).doesNotContain("--work-dir");
  }

  private int run(String typed) {
    String words =
        typed.replace("ENDS", ENDS).replace("TLS", TLS).replace("CLUSTER", CLUSTER).strip();
    CommandLine all =
        AgentCommand.commandLine()
            .setUsageHelpAutoWidth(false)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    return AgentCommand.execute(all, words.isEmpty() ? new String[0] : words.split(" +"));
  }
}
