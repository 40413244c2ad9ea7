package io.cachesync.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckSpecTest {
  private static final RedisEndpoint ANY =
      new RedisEndpoint(Topology.STANDALONE, List.of("127.0.0.1:6379"), "", null);

  @Test
  void whatIsNotSaidIsTheDefault() {
    CheckSpec spec = spec(0, 0, 0, 0);
    assertThat(spec.mode()).isEqualTo(CheckMode.FULL);
    assertThat(spec.rounds()).isEqualTo(CheckSpec.DEFAULT_ROUNDS);
    assertThat(spec.samplePercent()).isEqualTo(100);
    assertThat(spec.bothDirections()).isTrue();
    assertThat(spec.keyPrefix()).isEqualTo("cachesync:");
  }

  @Test
  void refusesAToleranceBelowTheGraceOfASync() {
    assertThatIllegalArgumentException().isThrownBy(() -> spec(1, 100, 999, 1));
    assertThat(spec(1, 100, 1000, 1).ttlToleranceMillis()).isEqualTo(1000);
  }

  @Test
  void refusesASampleOfNoKeyAtAll() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> spec(1, 0.00001, 2000, 1))
        .withMessageContaining("0.0001");
    assertThat(spec(1, 0.0001, 2000, 1).samplePercent()).isEqualTo(0.0001);
  }

  @Test
  void refusesWhatCannotBeMeant() {
    assertThatIllegalArgumentException().isThrownBy(() -> spec(-1, 100, 2000, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> spec(1, 100.1, 2000, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> spec(1, Double.NaN, 2000, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> spec(1, 100, 2000, 65));
  }

  private static CheckSpec spec(int rounds, double sample, long tolerance, int parallel) {
    return CheckSpec.between(ANY, ANY)
        .rounds(rounds)
        .samplePercent(sample)
        .ttlToleranceMillis(tolerance)
        .parallel(parallel)
        .build();
  }
}
