package io.cachesync.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.Ledger;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.LogLine;
import io.cachesync.contract.Phase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProgressPrinterTest {
  private long unsupportedKeys;
  private long atMillis;
  private int columns = 80;
  private Ledger ledger = Ledger.EMPTY;
  private final StringWriter text = new StringWriter();

  @Test
  void showsOneLineForOneLink() {
    printer(false).accept(report(Phase.INCREMENTAL, List.of(link(0, Phase.INCREMENTAL))));
    assertThat(text.toString().lines())
        .singleElement()
        .asString()
        .contains("s0:1 -> t:1  INCREMENTAL, in sync  2.0 MB/s  30 commands/s  lag 5 B / 0.1 s");
  }

  @Test
  void showsAllAndEachOfSeveral() {
    List<LinkStatus> links = List.of(link(0, Phase.INCREMENTAL), link(1, Phase.FULL_SYNC));
    printer(false).accept(report(Phase.FULL_SYNC, links));
    assertThat(text.toString().lines())
        .satisfiesExactly(
            line -> assertThat(line).endsWith(" WARN link 1: said"),
            line -> assertThat(line).endsWith("2 links -> t:1  FULL_SYNC, in sync  4.0 MB/s  60/s"),
            line -> assertThat(line).contains("  0  s0:1  INCREMENTAL, in sync"),
            line -> assertThat(line).contains("  1  s1:1  FULL_SYNC  100%  7 keys"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"DONE", "STOPPED", "INCREMENTAL"})
  void severalAreToldByThePhaseThatAllHave(Phase phase) {
    ProgressPrinter printer = printer(false);
    List<LinkStatus> links = List.of(link(0, phase), link(1, phase));
    printer.accept(report(Phase.CONNECTING, links));
    printer.accept(report(phase, links));
    assertThat(text.toString().lines().filter(line -> line.contains("2 links")))
        .singleElement()
        .asString()
        .contains("2 links -> t:1  " + phase + ", in sync");
  }

  @Test
  void aJobThatFailedIsToldSoWhateverItsLinksSay() {
    List<LinkStatus> links = List.of(link(0, Phase.STOPPED), link(1, Phase.STOPPED));
    printer(false).accept(report(Phase.FAILED, links));
    assertThat(text.toString()).contains("2 links -> t:1  FAILED");
  }

  @Test
  void aTryThatFailsIsToldByItsLineOfTheLogAlone() {
    ProgressPrinter printer = printer(false);
    List<LinkStatus> links = List.of(link(0, Phase.CONNECTING));
    for (Phase phase : List.of(Phase.CONNECTING, Phase.RETRYING, Phase.CONNECTING)) {
      printer.accept(report(phase, links));
    }
    assertThat(text.toString().lines()).filteredOn(line -> line.contains("->")).hasSize(1);
    printer.accept(report(Phase.INCREMENTAL, List.of(link(0, Phase.INCREMENTAL))));
    assertThat(text.toString()).contains("-> t:1  INCREMENTAL");
  }

  @Test
  void plainLinesComeEverMoreRarelyWhileNothingChanges() {
    ProgressPrinter printer = printer(false);
    for (int second = 0; second < 600; second++) {
      atMillis = second * 1000L;
      printer.accept(report(Phase.INCREMENTAL, List.of(link(0, Phase.INCREMENTAL))));
    }
    // At 0, 5, 15, 35, 75 and 135 seconds, then once a minute.
    assertThat(text.toString().lines()).filteredOn(line -> line.contains("->")).hasSize(13);
  }

  @Test
  void overwritesAllItsLinesOnATerminal() {
    ProgressPrinter printer = printer(true);
    List<LinkStatus> links = List.of(link(0, Phase.INCREMENTAL), link(1, Phase.INCREMENTAL));
    printer.accept(report(Phase.INCREMENTAL, links));
    text.getBuffer().setLength(0);
    printer.accept(report(Phase.INCREMENTAL, links));
    String clear = "\r\u001b[K";
    assertThat(text.toString()).startsWith(clear + "\u001b[A" + clear + "\u001b[A" + clear);
    // The log's line ends, and the two between the three.
    assertThat(text.toString().chars().filter(c -> c == '\n')).hasSize(3);
    assertThat(text.toString()).contains("  0  s0:1  INCREMENTAL").doesNotEndWith("\n");
  }

  @Test
  void drawsABarOnATerminalAndNoneElsewhere() {
    columns = 140;
    List<LinkStatus> links = List.of(copying(42));
    printer(true).accept(report(Phase.FULL_SYNC, links));
    assertThat(text.toString())
        .contains("s0:1 -> t:1  FULL_SYNC  [===========>                  ]  42%  7 keys  2.0 MB/s")
        .contains("29 s left");
    text.getBuffer().setLength(0);
    printer(false).accept(report(Phase.FULL_SYNC, links));
    assertThat(text.toString()).contains("FULL_SYNC  42%  7 keys").doesNotContain("[", "\u001b");
  }

  @Test
  void leavesOutWhatANarrowTerminalHasNoRoomFor() {
    for (int width : List.of(20, 40, 60, 100)) {
      columns = width;
      text.getBuffer().setLength(0);
      printer(true).accept(report(Phase.FULL_SYNC, List.of(copying(42))));
      String line = text.toString().replace("\r\u001b[K", "");
      assertThat(line).hasSizeLessThan(width).startsWith("FULL_SYNC");
      assertThat(line.contains("[")).isEqualTo(width >= 40);
    }
  }

  @Test
  void aUsualTerminalHasRoomForTheBarAndForWhatMattersMost() {
    printer(true).accept(report(Phase.FULL_SYNC, List.of(copying(42))));
    String line = text.toString().replace("\r\u001b[K", "");
    assertThat(line).isEqualTo("FULL_SYNC  [====>         ]  42%  7 keys  2.0 MB/s  29 s left");
  }

  @Test
  void eachOfSeveralLinksHasItsNumberAndItsBarOnAUsualTerminal() {
    List<LinkStatus> links = List.of(link(0, Phase.FULL_SYNC, 100, 30, -1, 7), copying(42));
    printer(true).accept(report(Phase.FULL_SYNC, links));
    assertThat(text.toString().lines().filter(line -> line.startsWith("  0  ")))
        .hasSize(2)
        .allSatisfy(
            line ->
                assertThat(line)
                    .hasSizeLessThan(80)
                    .containsPattern("^  0  s0:1  FULL_SYNC  \\[=*> *]  \\d+%  7 keys"));
  }

  @Test
  void aLineWithoutABarTellsAllThatFits() {
    printer(true).accept(report(Phase.INCREMENTAL, List.of(link(0, Phase.INCREMENTAL))));
    assertThat(text.toString())
        .endsWith("INCREMENTAL, in sync  2.0 MB/s  30 commands/s  lag 5 B / 0.1 s");
  }

  @Test
  void saysWhereTheFullSyncWasStoppedAndThatItBeginsAgain() {
    ProgressPrinter printer = printer(false);
    printer.accept(report(Phase.STOPPED, List.of(link(0, Phase.STOPPED, 100, 30, -1, 600))));
    printer.close();
    assertThat(text.toString())
        .contains("STOPPED after 0 s, in the full sync: 7 of 600 keys were copied.\n")
        .contains("Run the same command to go on: a full sync that was not finished begins again.")
        .doesNotContain("commands");
  }

  @Test
  void saysThatAStreamGoesOnFromHere() {
    ProgressPrinter printer = printer(false);
    ledger = new Ledger(1234, 1200, 0, 0, 34, 0, 0, 0);
    printer.accept(report(Phase.STOPPED, List.of(link(0, Phase.STOPPED))));
    printer.close();
    assertThat(text.toString())
        .contains(
            ": 7 keys in the full sync; of 1,234 commands 1,200 applied, 34 without effect of their"
                + " own (PING, SELECT, MULTI).\n")
        .contains("Run the same command to go on from here;")
        .doesNotContain(" 0 dead");
  }

  @Test
  void aFullSyncThatIsDoneIsNotToldAsOneThatLacksSomething() {
    ProgressPrinter printer = printer(false);
    ledger = new Ledger(2, 0, 0, 0, 0, 0, 0, 2);
    printer.accept(report(Phase.DONE, List.of(link(0, Phase.DONE))));
    printer.close();
    assertThat(text.toString())
        .contains("of 2 commands 2 written after the full sync, which --full-only leaves out.")
        .doesNotContain("not applied yet");
  }

  @Test
  void saysOnceWhatMayBeWrongWhereItTriesAgain() {
    ProgressPrinter printer = printer(false);
    Fault fault = Fault.retryable(FaultCode.CONNECTION_LOST, "broke");
    List<LinkStatus> links = List.of(link(0, Phase.RETRYING));
    for (int i = 0; i < 3; i++) {
      printer.accept(
          new JobReport("job", 1, 1, 0, 1, Phase.RETRYING, fault, links, List.of(), null));
    }
    assertThat(text.toString()).containsOnlyOnce("It is tried again until stopped.");
  }

  @Test
  void aLogLineObeysNoControlCharacter() {
    printer(false).accept(said("key \u001b[2J\u202e gone"));
    assertThat(text.toString()).contains("key \\x1b[2J\\u202e gone").doesNotContain("\u001b");
  }

  @Test
  void tellsWhatIsLeftByKeysWhereTheSourceTellsNoSize() {
    LinkStatus link = link(0, Phase.FULL_SYNC, -1, -1, -1, 607);
    printer(false).accept(report(Phase.FULL_SYNC, List.of(link)));
    assertThat(text.toString()).contains("FULL_SYNC  1%  7 keys").contains("  20 s left");
  }

  @Test
  void saysInTheEndHowMuchTheTargetHadNoPlaceFor() {
    ProgressPrinter printer = printer(false);
    unsupportedKeys = 1234;
    printer.accept(report(Phase.DONE, List.of(link(0, Phase.DONE))));
    printer.close();
    assertThat(text.toString())
        .contains("7 keys in the full sync (and functions; not moved, or not as a whole: 1,234);");
  }

  private ProgressPrinter printer(boolean refreshed) {
    PrintWriter out = new PrintWriter(text);
    return new ProgressPrinter(out, refreshed ? new LiveLines(out, () -> columns) : null, 0);
  }

  private JobReport said(String what) {
    List<LogLine> log = List.of(new LogLine(0, LogLevel.WARN, 1, what));
    List<LinkStatus> links = List.of(link(0, Phase.INCREMENTAL));
    return new JobReport("job", 1, 1, 0, 1, Phase.INCREMENTAL, null, links, log, null);
  }

  private JobReport report(Phase phase, List<LinkStatus> links) {
    List<LogLine> log =
        links.size() == 1 ? List.of() : List.of(new LogLine(0, LogLevel.WARN, 1, "said"));
    return new JobReport("job", 1, 1, atMillis, 1, phase, null, links, log, null);
  }

  /** Of a hundred megabytes so many percent. */
  private LinkStatus copying(int percent) {
    return link(0, Phase.FULL_SYNC, 100_000_000, percent * 1_000_000L, -1, 7);
  }

  private LinkStatus link(int number, Phase phase) {
    return link(number, phase, 10, 10, 95, 7);
  }

  private LinkStatus link(
      int number, Phase phase, long rdb, long rdbApplied, long applied, long keys) {
    return LinkStatus.of(number, "s" + number + ":1", "t:1")
        .phase(phase)
        .rdb(rdb, rdb, rdbApplied)
        .keys(keys, 7)
        .replId("id")
        .offsets(100, 100, applied)
        .lag(5, 100)
        .speed(2_000_000, 30)
        .inSync(true)
        .ledger(ledger)
        .heals(List.of(), List.of(), unsupportedKeys)
        .build();
  }
}
