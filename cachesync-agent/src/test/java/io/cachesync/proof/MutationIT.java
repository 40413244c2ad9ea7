package io.cachesync.proof;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A proof that passes without a rule proves nothing about it: both sides must soon differ. */
@EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
class MutationIT {
  private static final int SEEDS = 100;

  @ParameterizedTest
  @EnumSource(Rule.class)
  void bothSidesSoonDifferWithoutTheRule(Rule rule) {
    Proof.Result result = new Proof(1, SEEDS, 2).with(rule.without()).untilDiverged().run();
    assertThat(result.lost().values())
        .as("%s, %d seeds", rule, result.seeds())
        .anyMatch(lost -> lost.how() == Lost.How.DIVERGED);
  }
}
