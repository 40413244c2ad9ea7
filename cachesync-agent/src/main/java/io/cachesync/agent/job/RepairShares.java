package io.cachesync.agent.job;

import io.cachesync.agent.repair.RepairPlan;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairOrder;
import io.cachesync.contract.RepairSpec;
import io.cachesync.contract.RepairedKey;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys of a repair with several sources, each with the one that it is fetched from.
 *
 * @param bySource what each source has, in the order of {@code CheckSpec.allSources}
 * @param extra what none of them has, and is to be removed
 * @param left what cannot or must not be repaired
 */
record RepairShares(List<List<NamedKey>> bySource, List<NamedKey> extra, List<RepairedKey> left) {

  /** As the sources and the target are now. */
  static RepairShares of(List<NamedKey> keys, RepairSpec spec, JobSecrets secrets)
      throws FaultException {
    List<List<NamedKey>> bySource = new ArrayList<>();
    spec.check().allSources().forEach(source -> bySource.add(new ArrayList<>()));
    List<NamedKey> extra = new ArrayList<>();
    List<RepairedKey> left = new ArrayList<>();
    try (RepairPlan plan = new RepairPlan(spec, secrets)) {
      plan.run(
          keys,
          (planned, source) -> {
            NamedKey key = new NamedKey(planned.database(), planned.key(), planned.keyBase64());
            if (planned.course() == RepairCourse.WRITE) {
              bySource.get(source).add(key);
            } else if (planned.course() == RepairCourse.DELETE) {
              extra.add(key);
            } else {
              left.add(
                  new RepairedKey(
                      key, planned.course(), planned.error(), planned.reason(), planned.detail()));
            }
          });
    }
    return new RepairShares(bySource, extra, left);
  }

  /** What a source has, one source after the other. */
  List<NamedKey> fetched() {
    return bySource.stream().flatMap(List::stream).toList();
  }

  /** Says of {@link #fetched} which source each is of. */
  List<RepairOrder.Part> parts(RepairSpec spec) {
    List<RepairOrder.Part> parts = new ArrayList<>();
    for (int i = 0; i < bySource.size(); i++) {
      List<String> addresses = spec.check().allSources().get(i).addresses();
      parts.add(new RepairOrder.Part(addresses, bySource.get(i).size()));
    }
    return parts;
  }
}
