package io.cachesync.web.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.DifferenceKind;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ToldTest {
  @Test
  void knowsTheWordsOfAgents() {
    Told expires = Told.side(DifferenceKind.TTL, "expires at 1795402796488 ms");
    assertThat(expires.key()).isEqualTo("check.told.expires");
    assertThat(expires.at()).isEqualTo(Instant.ofEpochMilli(1_795_402_796_488L));
    assertThat(Told.side(DifferenceKind.MISSING, "no time to live").key())
        .isEqualTo("check.told.noExpiry");
    assertThat(Told.side(DifferenceKind.PENDING_VALUE, "delivered at 7 ms").at())
        .isEqualTo(Instant.ofEpochMilli(7));
    assertThat(Told.side(DifferenceKind.PENDING_EXTRA, "ann, bob, delivered 3 times").arguments())
        .isEqualTo(List.of("ann, bob", "3"));
    assertThat(Told.place(DifferenceKind.VALUE, "byte 4096").arguments())
        .isEqualTo(List.of("4096"));
  }

  @Test
  void leavesWhatPeopleHaveStoredAndWhatItDoesNotKnow() {
    for (DifferenceKind kind : List.of(DifferenceKind.VALUE, DifferenceKind.FIELD_VALUE)) {
      for (String text : List.of("no time to live", "expires at 7 ms", "delivered at 7 ms")) {
        assertThat(Told.side(kind, text).key()).isNull();
      }
    }
    assertThat(Told.place(DifferenceKind.FIELD_VALUE, "byte 0").key()).isNull();
    for (String text : List.of("", "12", "expires soon", "expires at -1 ms")) {
      assertThat(Told.side(DifferenceKind.TTL, text).key()).isNull();
      assertThat(Told.side(DifferenceKind.TTL, text).text()).isEqualTo(text);
    }
  }

  /** A browser that is given a time it cannot read shows no time of the page any more. */
  @Test
  void leavesTimesBehindTheYear9999() {
    assertThat(Told.side(DifferenceKind.TTL, "expires at 253402300799999 ms").at())
        .hasToString("9999-12-31T23:59:59.999Z");
    for (String text :
        List.of("expires at 253402300800000 ms", "expires at 9223372036854775807 ms")) {
      assertThat(Told.side(DifferenceKind.TTL, text)).extracting(Told::key).isNull();
    }
  }
}
