package io.cachesync.agent.writer;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.redis.Modules;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Of a target that ends itself where it cannot load a value. */
class ModuleValuesTest {
  private static final String INDEX = "ft_index0";

  @Test
  void goWhereAllModulesOfTheSourceAreInNoOlderVersion() throws Exception {
    Modules source = Modules.of(Map.of("ft", 20_811L, "bf", 20_609L, "vectorset", 1L, "lua", 1L));
    Map<String, Long> both = Map.of("ft", 20_811L, "bf", 30_000L, "other", 1L);
    assertThat(refusal(both, source, INDEX)).isEmpty();
    assertThat(refusal(both, source, "vectorset")).contains("it lacks vectorset)");
    assertThat(refusal(Map.of("ft", 20_811L), source, INDEX)).contains("it lacks bf)");
    assertThat(refusal(Map.of("ft", 10_204L, "bf", 20_609L), source, INDEX))
        .contains("it lacks ft >= 20811)");
  }

  @Test
  void doNotGoWhereItIsNotKnown() throws Exception {
    Modules source = Modules.of(Map.of("ft", 1L));
    assertThat(new ModuleValues(Modules.UNKNOWN, () -> source).refusal(INDEX))
        .contains("does not tell");
    assertThat(refusal(Map.of(), source, INDEX)).contains("it has no modules");
    Map<String, Long> search = Map.of("ft", 1L);
    assertThat(refusal(search, Modules.UNKNOWN, INDEX)).contains("the source does not tell");
    assertThat(refusal(search, Modules.of(Map.of("lua", 1L)), INDEX)).contains("names no module");
    assertThat(ModuleValues.of(600).refusal(INDEX)).isNotEmpty();
    assertThat(ModuleValues.of(602).refusal(INDEX)).isEmpty();
  }

  @Test
  void theSourceIsAskedOnceForASnapshotAndForEachValueThatIsFetched() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Modules search = Modules.of(Map.of("ft", 1L));
    ModuleValues values =
        new ModuleValues(
            search,
            () -> {
              asked.incrementAndGet();
              return search;
            });
    ModuleValues ofSnapshot = values.ofSnapshot();
    assertThat(ofSnapshot.refusal(INDEX)).isEmpty();
    assertThat(ofSnapshot.refusal(INDEX)).isEmpty();
    assertThat(asked).hasValue(1);
    assertThat(values.refusal(INDEX)).isEmpty();
    assertThat(values.refusal(INDEX)).isEmpty();
    assertThat(asked).hasValue(3);
  }

  @Test
  void everyMasterHasToHaveThem() {
    Modules first = Modules.of(Map.of("ft", 3L, "bf", 1L));
    Modules second = Modules.of(Map.of("ft", 2L));
    assertThat(first.missingIn(first.and(second))).containsExactly("bf", "ft >= 3");
    assertThat(first.or(second).missingIn(first)).isEmpty();
    assertThat(first.and(Modules.UNKNOWN).isKnown()).isFalse();
    assertThat(first.or(Modules.UNKNOWN).isKnown()).isFalse();
  }

  private static String refusal(Map<String, Long> target, Modules source, String type)
      throws Exception {
    return new ModuleValues(Modules.of(target), () -> source).refusal(type);
  }
}
