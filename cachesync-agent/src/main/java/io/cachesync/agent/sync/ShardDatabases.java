package io.cachesync.agent.sync;

import io.cachesync.agent.filter.Selection;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;

/**
 * Clusters of Valkey 9 and later may have several databases ({@code cluster-databases}). A slot
 * moves with all of them, and its keys are followed in the first one only: where others are to be
 * moved, the link stops before it would leave keys behind.
 */
final class ShardDatabases {
  private ShardDatabases() {}

  /**
   * @param database of the source, one with keys or one that is written to
   * @param isShard whether the source is the master of a shard of a cluster
   * @throws FaultException FILTER_INVALID where it is to be moved and cannot be followed
   */
  static void refuse(int database, boolean isShard, Selection selection) throws FaultException {
    if (isShard && database > 0 && selection.movesDatabase(database)) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.FILTER_INVALID,
              "the source, a cluster, uses database %d, and of a cluster database 0 only is moved:"
                      .formatted(database)
                  + " leave the others out (--include-db 0)"));
    }
  }
}
