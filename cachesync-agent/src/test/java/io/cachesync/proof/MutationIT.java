package io.cachesync.proof;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A proof that passes without a rule proves nothing about it: both sides must soon differ. */
@EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
class MutationIT {
  private static final int SEEDS = 100;

  @ParameterizedTest
  @EnumSource(
      value = Rule.class,
      names = {
        "SLOT_HAS",
        "WATERMARK_BEHIND",
        "FLUSH_SPARES",
        "SWEPT",
        "FENCE_OF_A_LINK",
        "COLLISION",
        "KEYS_OF_DRAINED"
      },
      mode = EnumSource.Mode.EXCLUDE)
  void bothSidesSoonDifferWithoutTheRule(Rule rule) {
    assertDiverges(rule, new Proof(1, SEEDS, 2));
  }

  @Test
  void bothSidesSoonDifferWithoutTheRuleWhereAFullSyncWritesOverAnother() {
    assertDiverges(Rule.SWEPT, new Proof(1, SEEDS, 2).startingAfresh());
  }

  /**
   * Not SLOT_HAS: what is applied twice is mostly in doubt and fetched, so it is seen by chance.
   */
  @ParameterizedTest
  @EnumSource(
      value = Rule.class,
      names = {"WATERMARK_BEHIND", "START_OF_DOUBT", "FLUSH_SPARES"})
  void aClusterSoonDiffersWithoutTheRule(Rule rule) {
    assertDiverges(rule, new Proof(1, SEEDS, 1).adapted(Workload::toCluster));
  }

  @ParameterizedTest
  @EnumSource(
      value = Rule.class,
      names = {"FENCE", "FENCE_OF_A_LINK", "COLLISION"})
  void severalSourcesSoonDifferWithoutTheRule(Rule rule) {
    assertDiverges(rule, new Proof(1, SEEDS, 1).fromSeveralServers());
  }

  @ParameterizedTest
  @EnumSource(
      value = Rule.class,
      names = {"FENCE", "FENCE_OF_A_LINK"})
  void theShardsOfASourceSoonDifferWithoutTheRule(Rule rule) {
    assertDiverges(rule, new Proof(1, SEEDS, 1).fromClusters());
  }

  @Test
  void theShardsOfADrainedSourceSoonDifferWithoutTheRule() {
    assertDiverges(Rule.KEYS_OF_DRAINED, new Proof(1, SEEDS, 2).fromDrainedClusters());
  }

  private static void assertDiverges(Rule rule, Proof proof) {
    Proof.Result result = proof.with(rule.others()).untilDiverged().run();
    assertThat(result.lost().values())
        .as("%s, %d seeds", rule, result.seeds())
        .anyMatch(lost -> lost.how() == Lost.How.DIVERGED);
  }
}
