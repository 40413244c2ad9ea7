package io.cachesync.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.contract.Ledger;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
  private static final Checkpoint SOME =
      new Checkpoint(
          "orders to new",
          0,
          2,
          3,
          "c0ffee",
          4711,
          9,
          new Epoch(5, "ab12"),
          4000,
          8,
          new Ledger(28, 7, 6, 5, 4, 3, 3, 0));

  @Test
  void readsWhatItWrites() {
    assertThat(SOME.text())
        .isEqualTo("2 3 c0ffee 4711 9 5 ab12 4000 8 28,7,6,5,4,3,3 0.2 orders to new");
    assertThat(Checkpoint.parse(SOME.text())).isEqualTo(SOME);
  }

  @Test
  void readsTheFormerFormat() {
    Checkpoint former = Checkpoint.parse("1 3 c0ffee 4711 9 5 ab12 4000 0.2 orders to new");
    assertThat(former.offset()).isEqualTo(4711);
    assertThat(former.start()).as("nothing is known of before").isEqualTo(4711);
    assertThat(former.startDatabase()).isEqualTo(9);
    assertThat(former.ledger()).isEqualTo(Ledger.EMPTY);
    assertThat(former.task()).isEqualTo("orders to new");
  }

  @Test
  void tellsWhereWhatIsInDoubtBegins() {
    Checkpoint settled = SOME.at("beef", 5000, 1, Ledger.EMPTY);
    assertThat(settled.start()).isEqualTo(5000);
    assertThat(settled.generation()).isEqualTo(3);
    Checkpoint doubtful = settled.since(4711, 9);
    assertThat(doubtful.start()).isEqualTo(4711);
    assertThat(doubtful.startDatabase()).isEqualTo(9);
    assertThat(doubtful.offset()).isEqualTo(5000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello",
        "3 3 a 1 0 5 n 0 0 0,0,0,0,0,0,0 0.0 task",
        "2 3 a 1 0 5 n 0 0 0,0,0,0,0,0 0.0 task",
        "1 x a 1 0 5 n 0 0.0 task"
      })
  void refusesWhatIsNoneOfOurs(String text) {
    assertThatThrownBy(() -> Checkpoint.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void namesKeysAndConnections() {
    OwnKeys keys = new OwnKeys("cachesync:", "orders to new", 0, 2);
    assertThat(keys.checkpoint()).isEqualTo("cachesync:ckpt:{0}:orders to new:0.2");
    assertThat(keys.node()).isEqualTo("cachesync:node:{0}:orders to new:0.2");
    assertThat(keys.ofLink(0).node()).isEqualTo("cachesync:node:{0}:orders to new:0");
    // CLIENT SETNAME takes no spaces.
    assertThat(keys.connectionName(new Epoch(5, "ab12"), 7, "inc-1"))
        .startsWith(keys.connectionPrefix())
        .matches("cachesync-[0-9a-f]{16}-2-e5-ab12-7-inc-1");
    assertThat(new OwnKeys("cachesync:", "other", 0, 2).connectionPrefix())
        .isNotEqualTo(keys.connectionPrefix());
  }

  @Test
  void namesNoConnectionAsThoseOfAnotherLink() {
    OwnKeys first = new OwnKeys("cachesync:", "orders", 0, 1);
    Epoch epoch = new Epoch(5, "ab12");
    for (int other : new int[] {0, 2, 10, 11}) {
      assertThat(first.ofLink(other).connectionName(epoch, 7, "inc-1"))
          .doesNotStartWith(first.connectionPrefix());
    }
  }

  @Test
  void tellsInTheClaimWhetherTheTargetWasEmpty() {
    Claim was = Claim.parse("0,3;own orders to new");
    assertThat(was).isEqualTo(new Claim("orders to new", List.of(0, 3), true));
    assertThat(was.text()).isEqualTo("0,3;own orders to new");
    assertThat(Claim.parse("*;own a").databases()).isEmpty();
    // As claims were written before.
    Claim former = Claim.parse("0,3 orders to new");
    assertThat(former.owned()).isFalse();
    assertThat(former.isSame(was)).isTrue();
    assertThat(former.owned(true)).isEqualTo(was);
  }

  @Test
  void claimsConflictOnlyBetweenTasksThatMeet() {
    Claim all = new Claim("a", List.of());
    Claim some = new Claim("b", List.of(2, 5));
    assertThat(Claim.parse(some.text())).isEqualTo(some);
    assertThat(Claim.parse(all.text())).isEqualTo(all);
    assertThat(some.home()).isEqualTo(2);
    assertThat(all.conflictsWith(some)).isTrue();
    assertThat(some.conflictsWith(all)).isTrue();
    assertThat(some.conflictsWith(new Claim("c", List.of(1, 3)))).isFalse();
    assertThat(some.conflictsWith(new Claim("c", List.of(5)))).isTrue();
    assertThat(some.conflictsWith(new Claim("b", List.of(5)))).isFalse();
  }

  @Test
  void claimsNoDatabaseThatIsLeftOut() {
    Claim but = new Claim("a", List.of(), List.of(0, 2), true);
    assertThat(but.text()).isEqualTo("*-0,2;own a");
    assertThat(Claim.parse(but.text())).isEqualTo(but);
    assertThat(but.home()).isEqualTo(1);
    assertThat(but.covers(2)).isFalse();
    assertThat(but.covers(3)).isTrue();
    assertThat(but.conflictsWith(new Claim("b", List.of(0, 2)))).isFalse();
    assertThat(new Claim("b", List.of(0, 2)).conflictsWith(but)).isFalse();
    assertThat(but.conflictsWith(new Claim("b", List.of(2, 3)))).isTrue();
    assertThat(but.conflictsWith(new Claim("b", List.of()))).isTrue();
    assertThat(but.isSame(new Claim("a", List.of()))).isFalse();
  }
}
