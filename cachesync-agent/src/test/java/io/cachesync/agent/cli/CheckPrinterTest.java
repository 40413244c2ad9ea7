package io.cachesync.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.CheckReport;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CheckPrinterTest {
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
  void leavesAFailureBeforeTheFirstRoundToItsFault() {
    printer.accept(report(CheckPhase.FAILED, 0, ""));
    assertThat(text.toString()).isEmpty();
  }

  private static CheckReport report(CheckPhase phase, int round, String address) {
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
        0,
        0,
        Map.of(),
        Map.of(),
        List.of(),
        side,
        side);
  }
}
