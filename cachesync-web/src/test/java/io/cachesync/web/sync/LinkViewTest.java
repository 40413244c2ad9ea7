package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.Ledger;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class LinkViewTest {
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
    DeadLetterView view =
        DeadLetterView.of(List.of(link(0, List.of(LETTER))), Locale.ENGLISH).get(0);
    assertThat(view).isEqualTo(new DeadLetterView("s:1", "key", "0", "HSET", "9", "too large"));
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
