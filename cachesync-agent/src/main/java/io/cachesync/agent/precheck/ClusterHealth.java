package io.cachesync.agent.precheck;

import io.cachesync.agent.redis.ClusterMap;
import io.cachesync.agent.redis.ClusterNode;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.Severity;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Whether a cluster serves every slot, and nothing of it is under way. */
final class ClusterHealth {
  private static final PrecheckCode CODE = PrecheckCode.CLUSTER_STATE;
  private static final String MOVING = "moving";
  private static final String DISAGREE = "disagree";

  private ClusterHealth() {}

  static List<PrecheckFinding> of(ClusterEnd end) throws RedisException {
    List<PrecheckFinding> findings = new ArrayList<>();
    BitSet without = without(end.map());
    if (!without.isEmpty()) {
      findings.add(
          Finding.block(CODE, "uncovered")
              .with("address", end.front().address())
              .with("count", without.cardinality())
              .with("slots", ranges(without))
              .done());
    }
    List<String> down = new ArrayList<>();
    List<String> moving = new ArrayList<>();
    List<String> differing = new ArrayList<>();
    for (PeerNode peer : end.peers()) {
      if (!peer.answers()) {
        continue;
      }
      if (!serves(peer.server())) {
        down.add(peer.server().address());
      }
      if (!peer.view().openSlots().isEmpty()) {
        BitSet open = new BitSet();
        peer.view().openSlots().forEach(open::set);
        moving.add(peer.server().address() + ": " + ranges(open));
      }
      if (!peer.view().sameOwners(end.map())) {
        differing.add(peer.server().address());
      }
    }
    add(findings, "down", "address", down, ", ");
    add(findings, MOVING, "slots", moving, "; ");
    add(findings, DISAGREE, "address", differing, ", ");
    if (findings.isEmpty()) {
      findings.add(
          Finding.pass(CODE)
              .with("address", end.front().address())
              .with("masters", end.map().masters().size())
              .with("replicas", end.replicas())
              .done());
    }
    return findings;
  }

  /** Whether it is over by itself, so that one that has begun already can wait for it. */
  static boolean passes(PrecheckFinding finding) {
    return finding.severity() == Severity.BLOCK
        && (finding.variant().equals(MOVING) || finding.variant().equals(DISAGREE));
  }

  private static void add(
      List<PrecheckFinding> findings, String variant, String name, List<String> all, String by) {
    if (!all.isEmpty()) {
      findings.add(Finding.block(CODE, variant).with(name, String.join(by, all)).done());
    }
  }

  /** A user that may not ask is taken to hear good news: the map of slots tells most of it. */
  private static boolean serves(Server server) throws RedisException {
    RespValue info = server.call("CLUSTER", "INFO");
    return info.isError() || info.text().contains("cluster_state:ok");
  }

  /** Slots that no living node has. */
  private static BitSet without(ClusterMap map) {
    BitSet without = new BitSet();
    for (int slot = 0; slot < HashSlot.COUNT; slot++) {
      ClusterNode owner = map.owner(slot);
      without.set(slot, owner == null || owner.failed());
    }
    return without;
  }

  /** As in {@code 0-5460, 9000}. */
  static String ranges(BitSet slots) {
    List<String> ranges = new ArrayList<>();
    for (int first = slots.nextSetBit(0); first >= 0; ) {
      int end = slots.nextClearBit(first);
      ranges.add(end - first == 1 ? Integer.toString(first) : first + "-" + (end - 1));
      first = slots.nextSetBit(end);
    }
    return String.join(", ", ranges);
  }
}
