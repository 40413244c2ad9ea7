package io.cachesync.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** What the command line says to who types something wrong, and to who asks for help. */
class UsageTest {
  private static final String ENDS = "--source redis://127.0.0.1:1 --target redis://127.0.0.1:2 ";
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
          sync --source               | Missing required parameter for option '--source' (URI)
          sync --source redis://a:1   | Missing required option: '--target=URI'
          check ENDS --rounds x       | Invalid value for option '--rounds': 'x' is not an int
          check ENDS --rounds 0       | rounds
          sync ENDS --limit-mb -1     | a limit must not be negative.
          sync ENDS --source-ca nofile | --source: TLS options need an address with rediss://.
          sync ENDS --source-tls-cert nofile | TLS options need an address with rediss://.
          sync TLS --source-ca nofile | --source: cannot read nofile.
          sync TLS --source-tls-cert nofile --source-tls-key nofile | --source: cannot read nofile.
          sync TLS --source-tls-key nofile | give both --source-tls-cert and --source-tls-key.
          sync TLS --source-tls-key-password-env NO | a password of a key needs --source-tls-key.
          sync ENDS --source-password-env NO_SUCH | the environment has no variable NO_SUCH.
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
          undo /no/file --target redis://127.0.0.1:2  | there is no file /no/file
          repair ENDS --keys /no/file                 | there is no file /no/file
          run /no/folder                              | /no/folder has no job.json
          """)
  void tellsWhichFileIsMissing(String typed, String told) {
    assertThat(run(typed)).isEqualTo(2);
    assertThat(err.toString()).isEqualTo("JOB_DIRECTORY_INVALID: " + told + "\n");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void tellsAnAddressThatRefusesOnceAndWithOne() {
    assertThat(run("check " + ENDS)).isEqualTo(1);
    assertThat(err.toString()).startsWith("CONNECTION_REFUSED: 127.0.0.1:").hasLineCount(1);
    assertThat(out.toString()).isEmpty();
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
              assertThat(run(verb + " --help")).isZero();
            });
    assertThat(err.toString()).isEmpty();
    assertThat(out.toString())
        .contains("Usage: cachesync-agent sync --source URI --target URI [options]")
        .contains("Usage: cachesync-agent undo FILE --target URI [options]");
    assertThat(out.toString().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(81));
  }

  private int run(String typed) {
    String words = typed.replace("ENDS", ENDS).replace("TLS", TLS).strip();
    return AgentCommand.commandLine()
        .setUsageHelpAutoWidth(false)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(words.isEmpty() ? new String[0] : words.split(" +"));
  }
}
