package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.Ledger;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class LinkViewTest {
  private static final DeadLetter SCRIPT =
      new DeadLetter(12, 3, "EVAL", "", "", "no key", 3, 40, "ab12", "=return 1", List.of());
  private static final DeadLetter LETTER = new DeadLetter(9, 0, "HSET", "key", "", "too large");

  @Test
  void countsDeadLettersOfKeysThatNoRefusedCommandLeft() {
    assertThat(LinkView.deadLetters(link(0, List.of(LETTER)))).isEqualTo(1);
  }

  @Test
  void countsCommandsWhereMoreThanAreListed() {
    assertThat(LinkView.deadLetters(link(3, List.of(LETTER)))).isEqualTo(3);
    assertThat(LinkView.deadLetters(link(0, List.of()))).isZero();
  }

  @Test
  void listsEachDeadLetterWithItsLinksSource() {
    DeadLetters letters = DeadLetters.of(List.of(link(0, List.of(LETTER))), Locale.ENGLISH);
    assertThat(letters.first())
        .containsExactly(
            new DeadLetterView("s:1", "key", "", "", "", "0", "HSET", "", "9", "9", "too large"));
    assertThat(letters.reasons()).as("one is its own count").isEmpty();
    assertThat(letters.more()).isFalse();
  }

  @Test
  void showsTheFirstOfManyAndCountsAllByReason() {
    List<DeadLetter> many = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      String command = i < 12 ? "C" + i : "XADD";
      many.add(new DeadLetter(i, 0, command, "k" + i, "", "no streams"));
    }
    DeadLetters letters =
        DeadLetters.of(List.of(link(0, many), link(0, List.of(LETTER))), Locale.ENGLISH);
    assertThat(letters.first()).hasSize(DeadLetters.SHOWN);
    assertThat(letters.first().get(0).key()).isEqualTo("k0");
    assertThat(letters.listed()).isEqualTo("1,001");
    assertThat(letters.more()).isTrue();
    assertThat(letters.reasons()).hasSize(10);
    assertThat(letters.reasons().get(0))
        .isEqualTo(new DeadLetters.Reason("XADD", "no streams", "988"));
    assertThat(letters.otherReasons()).isEqualTo("4");
  }

  @Test
  void theFileHasAllOfThemAndNoFormula() {
    DeadLetter sum = new DeadLetter(7, -1, "", "=1+1", "", "a, b");
    assertThat(DeadLetters.csv(List.of(link(0, List.of(LETTER, sum)))).lines())
        .containsExactly(
            "source,database,key,keyBase64,command,offset,error,times,lastOffset,script,text,"
                + "otherKeys",
            "s:1,0,key,,HSET,9,too large,1,9,,,",
            "s:1,,'=1+1,PTErMQ==,,7,\"a, b\",1,7,,,");
  }

  @Test
  void aScriptIsToldByItsTextAndWithTheNumberOfItsCalls() {
    List<LinkStatus> links = List.of(link(4, List.of(LETTER, SCRIPT)));
    DeadLetters letters = DeadLetters.of(links, Locale.ENGLISH);
    assertThat(letters.listed()).isEqualTo("2");
    assertThat(letters.first().get(1))
        .isEqualTo(
            new DeadLetterView(
                "s:1", "", "", "ab12", "=return 1", "3", "EVAL", "3", "12", "40", "no key"));
    assertThat(letters.reasons())
        .containsExactly(
            new DeadLetters.Reason("EVAL", "no key", "3"),
            new DeadLetters.Reason("HSET", "too large", "1"));
    assertThat(letters.otherReasons()).isEmpty();
    assertThat(LinkView.deadLetters(link(0, List.of(LETTER, SCRIPT)))).isEqualTo(4);
    assertThat(DeadLetters.csv(links).lines())
        .contains("s:1,3,,,EVAL,12,no key,3,40,ab12,'=return 1,");
  }

  private static LinkStatus link(long commands, List<DeadLetter> listed) {
    Ledger ledger = new Ledger(commands, 0, 0, 0, 0, 0, commands, 0);
    return LinkStatus.of(0, "s:1", "t:1")
        .phase(Phase.INCREMENTAL)
        .ledger(ledger)
        .heals(List.of(), listed, 0)
        .build();
  }
}
