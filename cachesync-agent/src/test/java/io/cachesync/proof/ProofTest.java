package io.cachesync.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.ServerVersion;
import org.junit.jupiter.api.Test;

class ProofTest {
  @Test
  void whatIsAskedForAddsUp() {
    Proof plain = new Proof(1, 1, 1).fromClusters();
    Proof older =
        new Proof(1, 1, 1).fromClusters().adapted(load -> load.withVersion(ServerVersion.V6_2));
    for (long seed = 1; seed <= 20; seed++) {
      Workload workload = older.workload(seed, false);
      assertThat(workload.version()).isEqualTo(ServerVersion.V6_2);
      assertThat(workload.origin()).isEqualTo(plain.workload(seed, false).origin());
    }
  }
}
