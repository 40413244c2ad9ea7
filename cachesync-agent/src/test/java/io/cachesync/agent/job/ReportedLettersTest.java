package io.cachesync.agent.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.LinkStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportedLettersTest {
  @Test
  void aReportOfManyLinksIsOneThatAConsoleReads() {
    List<LinkStatus> links = new ArrayList<>();
    for (int link = 0; link < 8; link++) {
      links.add(link(link, letters(1000, "\"键\\".repeat(66))));
    }
    List<LinkStatus> told = ReportedLetters.bounded(links);
    assertThat(ContractJson.write(told).getBytes(StandardCharsets.UTF_8).length)
        .isBetween(ReportedLetters.MOST_BYTES / 2, ReportedLetters.MOST_BYTES + 100_000);
    for (int link = 0; link < 8; link++) {
      List<DeadLetter> some = told.get(link).deadLetters();
      assertThat(some).hasSizeGreaterThan(50);
      assertThat(some).isEqualTo(links.get(link).deadLetters().subList(0, some.size()));
      assertThat(told.get(link).unsupportedKeys()).isEqualTo(7);
      assertThat(told.get(link).link()).isEqualTo(link);
    }
  }

  @Test
  void oneThatIsLongLeavesRoomForTheOthers() {
    List<DeadLetter> letters = new ArrayList<>(letters(3, "return 1"));
    letters.add(1, new DeadLetter(1, 0, "SET", "k".repeat(3 << 20), "", "too large"));
    assertThat(ReportedLetters.bounded(List.of(link(0, letters))).get(0).deadLetters())
        .isEqualTo(letters(3, "return 1"));
  }

  @Test
  void whatHasRoomIsToldAsItIs() {
    List<LinkStatus> links = List.of(link(0, letters(1000, "return 1")));
    assertThat(ReportedLetters.bounded(links)).isSameAs(links);
  }

  private static LinkStatus link(int number, List<DeadLetter> letters) {
    return LinkStatus.of(number, "s:1", "t:1").heals(List.of(), letters, 7).build();
  }

  private static List<DeadLetter> letters(int count, String text) {
    List<DeadLetter> letters = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      letters.add(
          new DeadLetter(
              i,
              3,
              "EVAL",
              "key:" + i,
              "",
              "no key",
              2,
              1L << 40,
              "%040d".formatted(i),
              text,
              List.of("one", "two")));
    }
    return letters;
  }
}
