package io.cachesync.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.CheckReport;
import io.cachesync.contract.DifferenceKind;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CheckPrinterTest {
  private static final CheckReport.Round ROUND =
      new CheckReport.Round(1, 10, 500, 20, Map.of(), Map.of());

  private long different;
  private final StringWriter text = new StringWriter();
  private final CheckPrinter printer = new CheckPrinter(new PrintWriter(text), true, null);

  @Test
  void tellsNoNumbersBeforeItKnowsItsSides() {
    printer.accept(report(CheckPhase.CONNECTING, 0, ""));
    assertThat(text.toString().strip()).endsWith(" CONNECTING");
  }

  @Test
  void tellsHowFarARoundIs() {
    printer.accept(report(CheckPhase.COMPARING, 1, "a:1"));
    assertThat(text.toString())
        .contains(" a:1 -> a:1  COMPARING round 1/3  40%  7 keys  7 keys/s  0.0 MB/s  0 unlike");
  }

  @Test
  void furtherRoundsAreToldByTheKeysThatTheyLookAtAgain() {
    printer.accept(report(CheckPhase.COMPARING, 2, "a:1", ROUND));
    assertThat(text.toString())
        .endsWith("COMPARING round 2/3  40%  8 of 20 keys again  0 unlike\n");
  }

  @Test
  void betweenTwoRoundsTheOneBeforeIsTold() {
    printer.accept(report(CheckPhase.PAUSING, 2, "a:1", ROUND));
    assertThat(text.toString()).endsWith("PAUSING before round 2/3  20 unlike in round 1\n");
  }

  @Test
  void aUsualTerminalHasRoomForTheBar() {
    LiveLines live = new LiveLines(new PrintWriter(text), () -> 80);
    new CheckPrinter(new PrintWriter(text), true, live)
        .accept(report(CheckPhase.COMPARING, 1, "a:1"));
    assertThat(text.toString())
        .contains("COMPARING round 1/3  [======>           ]  40%  7 keys  0 unlike");
  }

  @Test
  void saysWhatAStoppedOneLeavesOpen() {
    printer.summary(report(CheckPhase.STOPPED, 1, "a:1"), null);
    assertThat(text.toString())
        .startsWith("STOPPED after 1 s in round 1 of 3 at 40%, 0 keys unlike so far.\n")
        .contains("It says nothing of what was not compared.")
        .doesNotContain("keys compared");
  }

  @Test
  void aNameOfAnyLengthTakesOneLineAndObeysNoControlCharacter() {
    printer.accept(
        new CheckDifference(
            0,
            "\u001b[2J" + "k".repeat(1_000_000),
            "",
            "string",
            DifferenceKind.VALUE,
            "",
            "",
            "\u001b[1m",
            "\\x00".repeat(120),
            0,
            1,
            0,
            0,
            0));
    printer.summary(report(CheckPhase.DONE, 1, "a:1"), null);
    String line = text.toString().lines().findFirst().orElseThrow();
    assertThat(line)
        .startsWith("db0 \\x1b[2Jkkk")
        .contains("kkk… (1,000,004 characters) (string): VALUE | source: \\x1b[1m |")
        .endsWith("| target: " + "\\x00".repeat(15) + "…")
        .hasSizeLessThan(220)
        .doesNotContain("\u001b");
  }

  @Test
  void saysHowToGoOnWithWhatDiffers() {
    printer.summary(report(CheckPhase.DONE, 1, "a:1"), Path.of("d.jsonl"));
    assertThat(text.toString()).doesNotContain("repair");
    different = 3;
    printer.summary(report(CheckPhase.DONE, 1, "a:1"), Path.of("d.jsonl"));
    assertThat(text.toString()).contains("cachesync-agent repair --keys d.jsonl");
  }

  @Test
  void leavesAFailureBeforeTheFirstRoundToItsFault() {
    printer.accept(report(CheckPhase.FAILED, 0, ""));
    assertThat(text.toString()).isEmpty();
  }

  private CheckReport report(
      CheckPhase phase, int round, String address, CheckReport.Round... settled) {
    CheckReport.Side side = new CheckReport.Side(address, "7.0.15", 10, 7, 0, 0, 0, 0);
    return new CheckReport(
        0,
        1000,
        phase,
        null,
        CheckMode.FULL,
        round,
        3,
        40,
        different,
        0,
        Map.of(),
        Map.of(),
        List.of(settled),
        side,
        side);
  }
}
