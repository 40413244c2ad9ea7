package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.SlotRanges;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlotListingTest {
  private static final SlotRanges OWN = SlotRanges.parse("5-7");

  private final SlotMoves moves = new SlotMoves(2);
  private final SlotListing listing =
      new SlotListing(new SourcePart(2, OWN, HostAndPort.parse("127.0.0.1:1"), List.of()), moves);
  private final HealRecord record = new HealRecord();

  @BeforeEach
  void hold() {
    moves.begin(slots(5, 6, 7));
    for (int slot = 5; slot <= 7; slot++) {
      record.moved().put(slot, 0L);
    }
    listing.use(record, OWN);
  }

  @Test
  void saysThatKeysAreKnownOnlyOnceTheLaneHasComeToWhereTheyWereAskedFor() {
    listing.found(slots(5, 6, 7), 100);
    assertThat(listing.known(99)).isEmpty();
    assertThat(words(listing.known(100)))
        .containsExactlyInAnyOrder("m:+5", "0", "m:+6", "0", "m:+7", "0");
    assertThat(listing.isAll()).as("not before it stands there").isFalse();
    listing.told();
    assertThat(listing.isAll()).isTrue();
  }

  @Test
  void asksOnlyForWhatIsHeldAndNotKnown() {
    record.moved().remove(6);
    assertThat(listing.unlisted()).isEqualTo(slots(5, 7));
    assertThat(listing.unsaid()).isEqualTo(slots(6));
    listing.found(slots(5), 100);
    assertThat(listing.unlisted()).isEqualTo(slots(7));
  }

  /** Its connection broke in between: whether the keys came there nobody knows. */
  @Test
  void beginsAgainWithWhatStandsAtTheTarget() {
    listing.drains();
    listing.look();
    listing.found(slots(5, 6), 100);
    listing.known(100);
    HealRecord read = new HealRecord();
    read.moved().putAll(record.moved());
    read.listedSlots().set(5);
    listing.use(read, OWN);
    assertThat(listing.unlisted()).isEqualTo(slots(6, 7));
    assertThat(listing.known(1000)).isEmpty();
    assertThat(listing.isDue()).isTrue();
  }

  @Test
  void goesOnWithWhatAFormerProcessHadBegun() {
    assertThat(listing.isDue()).isFalse();
    HealRecord read = new HealRecord();
    read.moved().putAll(record.moved());
    read.listedSlots().set(5);
    listing.use(read, OWN);
    assertThat(listing.isDue()).isTrue();
    read.listedSlots().or(slots(6, 7));
    listing.use(read, OWN);
    assertThat(listing.isDue()).as("all is known").isFalse();
  }

  /** What has come to the master, and what it had by the words at the target, count too. */
  @Test
  void knowsAllOnlyWhereNothingElseIsOpen() {
    listing.found(slots(5, 6, 7), 100);
    listing.known(100);
    listing.told();
    record.moved().put(9, 0L);
    listing.changed();
    assertThat(listing.isAll()).isFalse();
    record.moved().remove(9);
    listing.use(record, SlotRanges.parse("4-7"));
    assertThat(listing.isAll()).isFalse();
    listing.conforms();
    assertThat(listing.isAll()).isTrue();
  }

  @Test
  void forgetsWhatWasFetched() {
    listing.found(slots(5), 100);
    listing.known(100);
    listing.told();
    assertThat(words(listing.forget(Set.of(5, 6)))).containsExactly("m:+5");
    assertThat(listing.forget(Set.of(5, 6))).isEmpty();
  }

  /** A former build has fetched a slot, and left the field that it does not know. */
  @Test
  void takesNothingForKnownThatIsNotToBeFetched() {
    HealRecord read = new HealRecord();
    read.listedSlots().set(5);
    read.moved().put(6, 0L);
    read.listedSlots().set(6);
    listing.use(read, OWN);
    assertThat(words(listing.strays())).containsExactly("m:+5");
    assertThat(listing.forget(Set.of(5))).isEmpty();
    assertThat(words(listing.forget(Set.of(6)))).containsExactly("m:+6");
  }

  private static List<String> words(List<byte[]> words) {
    return words.stream().map(word -> new String(word, StandardCharsets.US_ASCII)).toList();
  }

  private static BitSet slots(int... numbers) {
    BitSet slots = new BitSet();
    for (int number : numbers) {
      slots.set(number);
    }
    return slots;
  }
}
