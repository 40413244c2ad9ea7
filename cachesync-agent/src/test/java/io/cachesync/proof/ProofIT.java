package io.cachesync.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Random commands and troubles: in the end both sides are equal. {@code -Dcachesync.seed=N} is the
 * first seed, {@code -Dcachesync.seeds=N} their number, {@code -Dcachesync.cluster.seeds=N} that of
 * those with a cluster, {@code -Dcachesync.filtered.seeds=N} that of those of which a part is moved
 * under other names, {@code -Dcachesync.links.seeds=N} that of those with several links, {@code
 * -Dcachesync.replica.seeds=N} that of those that read from a replica, {@code
 * -Dcachesync.afresh.seeds=N} that of those with full syncs over former ones, {@code
 * -Dcachesync.comeback.seeds=N} that of those in which something comes back without what it had,
 * {@code -Dcachesync.drained.seeds=N} that of those in which a source's master is drained, {@code
 * -Dcachesync.across.seeds=N} that of those from one version to another.
 */
class ProofIT {
  private static final long FIRST = Long.getLong("cachesync.seed", 1);
  private static final int THREADS = 2;

  @Test
  void bothSidesAreEqualAfterEverySeed() {
    Map<Long, Lost> lost =
        new Proof(FIRST, Integer.getInteger("cachesync.seeds", 20), THREADS).run().lost();
    assertThat(lost).isEmpty();
  }

  @Test
  void aClusterIsEqualToItsSourceAfterEverySeed() {
    Map<Long, Lost> lost =
        new Proof(FIRST, Integer.getInteger("cachesync.cluster.seeds", 5), 1)
            .adapted(Workload::toCluster)
            .run()
            .lost();
    assertThat(lost).isEmpty();
  }

  @Test
  void aPartUnderOtherNamesIsEqualAfterEverySeed() {
    Map<Long, Lost> lost =
        new Proof(FIRST, Integer.getInteger("cachesync.filtered.seeds", 5), THREADS)
            .adapted(Workload::filtered)
            .run()
            .lost();
    assertThat(lost).isEmpty();
  }

  @Test
  void aTargetThatIsWrittenOverIsEqualAfterEverySeed() {
    Map<Long, Lost> lost =
        new Proof(FIRST, Integer.getInteger("cachesync.afresh.seeds", 3), THREADS)
            .startingAfresh()
            .run()
            .lost();
    assertThat(lost).isEmpty();
  }

  /** A target that is set back, into its full sync too, sources that lose writes, many kills. */
  @Test
  void whatComesBackWithoutWhatItHadIsEqualAfterEverySeed() {
    int seeds = Integer.getInteger("cachesync.comeback.seeds", 3);
    Map<Long, Lost> lost = new Proof(FIRST, seeds, THREADS).withComebacks().run().lost();
    lost.putAll(
        new Proof(FIRST, Math.min(1, seeds), 1)
            .adapted(Workload::toCluster)
            .withComebacks()
            .run()
            .lost());
    assertThat(lost).isEmpty();
  }

  /** Slots that move, among others, into a target that has keys of its own in them. */
  @Test
  @EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
  void theShardsOfAClusterLeaveAloneWhatTheTargetHadAfterEverySeed() {
    Map<Long, Lost> lost = new Proof(FIRST, 20, THREADS).fromClusters().amongOthers().run().lost();
    assertThat(lost).isEmpty();
  }

  /** Where keys at the target may be another's, and where they may not. */
  @Test
  void aMasterThatIsDrainedLeavesBothSidesEqualAfterEverySeed() {
    Map<Long, Lost> lost =
        new Proof(FIRST, Integer.getInteger("cachesync.drained.seeds", 4), THREADS)
            .fromDrainedClusters()
            .run()
            .lost();
    assertThat(lost).isEmpty();
  }

  @Test
  void severalLinksLeaveTheTargetEqualToTheirSourcesAfterEverySeed() {
    Map<Long, Lost> lost =
        new Proof(FIRST, Integer.getInteger("cachesync.links.seeds", 4), THREADS)
            .withSeveralLinks()
            .run()
            .lost();
    assertThat(lost).isEmpty();
  }

  @Test
  void anotherVersionHoldsTheSameAfterEverySeed() {
    Map<Long, Lost> lost =
        new Proof(FIRST, Integer.getInteger("cachesync.across.seeds", 8), THREADS)
            .acrossVersions()
            .run()
            .lost();
    assertThat(lost).isEmpty();
  }

  @Test
  void aReplicaIsAsGoodASourceAsItsMasterAfterEverySeed() {
    Map<Long, Lost> lost =
        new Proof(FIRST, Integer.getInteger("cachesync.replica.seeds", 4), THREADS)
            .fromReplicas()
            .run()
            .lost();
    assertThat(lost).isEmpty();
  }
}
