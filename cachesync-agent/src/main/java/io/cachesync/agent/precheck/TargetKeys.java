package io.cachesync.agent.precheck;

import io.cachesync.agent.checkpoint.Claim;
import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.SyncSpec;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What lies at the target: foreign keys by database, and the claims of tasks.
 *
 * @param foreign database to keys that are not ours, of the databases that are moved; without those
 *     that hold none
 * @param claims database to the claim in it, of all databases
 */
record TargetKeys(SortedMap<Integer, Long> foreign, SortedMap<Integer, Claim> claims, String task) {

  static TargetKeys read(Ends ends) throws IOException {
    SyncSpec sync = ends.sync();
    OwnKeys keys = new OwnKeys(sync.keyPrefix(), sync.task(), sync.jobNumber(), 0);
    List<Integer> chosen = sync.filter().databases();
    SortedMap<Integer, Long> foreign = new TreeMap<>();
    SortedMap<Integer, Claim> claims = new TreeMap<>();
    for (Map.Entry<Integer, Long> database : ends.target().info().keysPerDatabase().entrySet()) {
      ends.target().select(database.getKey());
      RespValue claim = ends.target().call("GET", keys.claim());
      if (!claim.isNull() && !claim.isError()) {
        claims.put(database.getKey(), Claim.parse(claim.text()));
      }
      long own = 0;
      for (String key : List.of(keys.claim(), keys.node(), keys.checkpoint(), keys.lock())) {
        own += ends.target().call("EXISTS", key).text().equals("1") ? 1 : 0;
      }
      long others = database.getValue() - own;
      if (others > 0 && (chosen.isEmpty() || chosen.contains(database.getKey()))) {
        foreign.put(database.getKey(), others);
      }
    }
    return new TargetKeys(foreign, claims, sync.task());
  }

  long foreignCount() {
    return foreign.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Whether an earlier start of this task has claimed databases here. */
  boolean claimedByThisTask() {
    return claims.values().stream().anyMatch(claim -> claim.task().equals(task));
  }
}
