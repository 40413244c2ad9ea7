package io.cachesync.contract;

import java.util.List;

/**
 * What is asked of a repair that only tells its plan, while somebody waits; answered by a line of
 * {@link RepairedKey} for each key, and at last a {@link RepairReport} that says whether it could
 * be told of all.
 *
 * @param secrets of both ends, without a report token
 */
public record RepairPlanSpec(RepairSpec repair, List<NamedKey> keys, JobSecrets secrets) {
  public RepairPlanSpec {
    keys = keys == null ? List.of() : List.copyOf(keys);
  }
}
