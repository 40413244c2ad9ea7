package io.cachesync.web.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class TimesTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private static final ZoneId UTC = ZoneId.of("UTC");

  @Test
  void staysAtTheSameHourOfItsZoneWhenClocksChange() {
    Times nightly = new Times("0 0 3 * * ?", BERLIN);
    assertThat(
            nightly.between(
                Instant.parse("2026-03-28T00:00:00Z"), Instant.parse("2026-03-30T12:00:00Z"), 9))
        .containsExactly(
            Instant.parse("2026-03-28T02:00:00Z"),
            Instant.parse("2026-03-29T01:00:00Z"),
            Instant.parse("2026-03-30T01:00:00Z"));
  }

  @Test
  void comesOnceOnTheDayOnWhichItsHourComesTwice() {
    Times nightly = new Times("0 30 2 * * ?", BERLIN);
    assertThat(
            nightly.between(
                Instant.parse("2026-10-24T22:00:00Z"), Instant.parse("2026-10-25T22:00:00Z"), 9))
        .hasSize(1);
  }

  @Test
  void tellsNoMoreThanIsAskedForAndNothingOfThePast() {
    Times hourly = new Times("0 0 * * * ?", UTC);
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    assertThat(hourly.after(now)).contains(Instant.parse("2026-01-01T01:00:00Z"));
    assertThat(hourly.between(now, Instant.MAX, 3)).hasSize(3);
    assertThat(hourly.between(now, now.plusSeconds(3600), 9)).hasSize(1);
    assertThat(new Times("0 0 3 * * ? 2020", UTC).after(now)).isEmpty();
  }

  @Test
  void knowsWhatIsNoExpression() {
    assertThat(Times.isWellFormed("0 30 2 ? * MON-FRI")).isTrue();
    for (String wrong : new String[] {"", "30 2 * * *", "0 0 25 * * ?", "now", "0 0 3 * * *"}) {
      assertThat(Times.isWellFormed(wrong)).as(wrong).isFalse();
    }
    assertThat(Times.isWellFormed("0 0 3 ? * MON 2026" + ",2026".repeat(21))).isFalse();
  }
}
