package io.cachesync.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Records that are copied with one part changed: no other part is forgotten. */
class CopiesTest {
  private static final RedisEndpoint A =
      new RedisEndpoint(Topology.CLUSTER, List.of("a:1"), "", null);
  private static final RedisEndpoint B =
      new RedisEndpoint(Topology.CLUSTER, List.of("b:1"), "", null);
  private static final Ledger LEDGER = new Ledger(1, 1, 0, 0, 0, 0, 0, 0);

  private static final SyncSpec SPEC =
      new SyncSpec(
          "task",
          1,
          A,
          B,
          SyncMode.FULL_ONLY,
          new FilterSpec(List.of(3), false),
          ConflictPolicy.REPLACE,
          new LimitSpec(1, 2),
          true,
          1,
          2,
          3,
          "mine:",
          4,
          true,
          UnsupportedPolicy.SKIP,
          List.of(B),
          5,
          "",
          6);

  private static final LinkStatus STATUS =
      new LinkStatus(
          1,
          "a:1",
          "b:1",
          Phase.DONE,
          1,
          2,
          3,
          4,
          5,
          "id",
          6,
          7,
          8,
          9,
          10,
          11,
          12,
          13,
          14,
          15,
          true,
          16,
          LEDGER,
          17,
          List.of(new Healed(HealReason.REFUSED, 1)),
          List.of(new DeadLetter(1, 0, "SET", "k", "", "why")),
          18,
          19);

  @Test
  void aSpecKeepsItsOtherParts() throws Exception {
    differ(SPEC, SyncSpec.of("other", B, A).build(), List.of("slots"));
    assertThat(SPEC.but().build()).isEqualTo(SPEC);
    SyncSpec some = SyncSpec.of("task", A, B).build().ofSlots("0-1");
    assertThat(some.but().build()).isEqualTo(some);
    assertThat(SPEC.checking(7).checking(5)).isEqualTo(SPEC);
    assertThat(SPEC.with(B, List.of()).with(A, List.of(B))).isEqualTo(SPEC);
  }

  @Test
  void aStatusKeepsItsOtherParts() throws Exception {
    differ(STATUS, LinkStatus.of(0, "x", "y").build(), List.of());
    assertThat(STATUS.ofSource(7)).isNotEqualTo(STATUS);
    assertThat(STATUS.ofSource(7).ofSource(19)).isEqualTo(STATUS);
  }

  /** Else a part that is forgotten would not be seen. */
  private static void differ(Record one, Record other, List<String> but) throws Exception {
    for (RecordComponent part : one.getClass().getRecordComponents()) {
      if (!but.contains(part.getName())) {
        assertThat(part.getAccessor().invoke(one))
            .as(part.getName())
            .isNotEqualTo(part.getAccessor().invoke(other));
      }
    }
  }
}
