package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.NodeState;
import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.ClusterNode;
import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.StartMode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds out which links a job has whose source is a cluster, one for each master, and which of them
 * it had before: a shard is known by the history of its master, whichever slots it has now.
 */
final class ShardPlan extends LinkPlan {
  /** A master of the source, at a moment in which no slot was being moved. */
  private record Master(SourcePart part, ServerInfo info) {}

  private final TreeSet<Integer> left = new TreeSet<>();
  private final List<LeftSlots> leftSlots = new ArrayList<>();
  private LinksElsewhere elsewhere = LinksElsewhere.NONE;

  /** Masters of the source that have none. */
  private List<HostAndPort> withoutSlots = List.of();

  ShardPlan(LinkSpec job, LinkState state) {
    super(job, state);
  }

  /** Those that were there keep their numbers, the others get the lowest that are free. */
  @Override
  List<PlannedLink> links() throws RedisException {
    left.clear();
    leftSlots.clear();
    List<Master> masters = masters();
    if (job.sync().afresh()) {
      if (isSpread()) {
        return partAfresh(masters);
      }
      List<PlannedLink> all = numbered(masters, Map.of(), Map.of());
      // What they have copied is in the shares of those that there are now.
      TakenLinks.retire(kind, target, keys, masters.size(), job.incarnation());
      return all;
    }
    Map<Integer, NodeState> former = new TreeMap<>(kind.links(target, keys));
    Map<Integer, NodeState> taken = new TreeMap<>(former);
    taken.values().removeIf(node -> !hasNothing(node, former.values()));
    former.values().removeIf(node -> node.generation() == 0);
    for (NodeState node : former.values()) {
      if (!node.hole().isEmpty()) {
        throw new RedisException(LinkFaults.hole(node.hole()));
      }
    }
    Map<Integer, Master> known = former.isEmpty() ? Map.of() : known(masters, former);
    List<PlannedLink> links = numbered(masters, known, former);
    if (isSpread()) {
      refuseMoved(links, former);
    }
    if (!former.isEmpty()) {
      links = judged(links, known.keySet(), former.values(), taken.values());
    }
    left.addAll(former.keySet());
    left.removeAll(known.keySet());
    refuseChanges(links, former);
    left.addAll(taken.keySet());
    links.forEach(link -> left.remove(link.number()));
    takeLeft(former);
    return isSpread() ? ofThisJob(links) : links;
  }

  /**
   * The others go on under the numbers that they have, so this job's keep theirs too: after slots
   * have moved these are not those of a first start any more.
   */
  private List<PlannedLink> partAfresh(List<Master> masters) throws RedisException {
    Map<Integer, NodeState> stand = new TreeMap<>(kind.links(target, keys));
    stand.values().removeIf(node -> node.generation() == 0);
    Map<Integer, Master> same = new TreeMap<>();
    stand.forEach(
        (number, node) ->
            masters.stream()
                .filter(master -> TargetKind.moved(job.sync(), master.part()).equals(node.moved()))
                .findFirst()
                .ifPresent(master -> same.put(number, master)));
    // Nothing of before is gone on with, so none is told what it last had.
    List<PlannedLink> all = numbered(masters, same, Map.of());
    refuseMoved(all, stand);
    return ofThisJob(all);
  }

  /**
   * Those of the slots that this job has; the others are another's.
   *
   * @throws RedisException FILTER_INVALID where the slots are not those of whole shards
   */
  private List<PlannedLink> ofThisJob(List<PlannedLink> all) throws RedisException {
    BitSet chosen = SlotRanges.parse(job.sync().slots()).toBits();
    List<PlannedLink> own = new ArrayList<>();
    List<PlannedLink> others = new ArrayList<>();
    BitSet had = new BitSet();
    for (PlannedLink link : all) {
      BitSet slots = link.part().slots().toBits();
      boolean mine = slots.intersects(chosen);
      (mine ? own : others).add(link.ofAll(all.size()));
      if (mine) {
        had.or(slots);
      }
    }
    if (!had.equals(chosen)) {
      String shards =
          String.join(" | ", all.stream().map(link -> link.part().slots().toString()).toList());
      throw new RedisException(
          Fault.fatal(
              FaultCode.FILTER_INVALID,
              "a job has whole shards of a source: %s are not the slots of some of %s"
                  .formatted(job.sync().slots(), shards)));
    }
    elsewhere = LinksElsewhere.of(this, others, own.stream().map(PlannedLink::number).toList());
    return own;
  }

  /** Whether other jobs have shards of the source. */
  private boolean isSpread() {
    return job.sync().spreads() && !SlotRanges.parse(job.sync().slots()).isAll();
  }

  /**
   * Each process must know the same links, which it does where all stands as it was begun.
   *
   * @param stand what the links of the task have copied, by their numbers
   */
  private void refuseMoved(List<PlannedLink> all, Map<Integer, NodeState> stand)
      throws RedisException {
    Map<Integer, String> now = new TreeMap<>();
    all.forEach(link -> now.put(link.number(), TargetKind.moved(job.sync(), link.part())));
    for (Map.Entry<Integer, NodeState> each : stand.entrySet()) {
      String words = now.get(each.getKey());
      if (TargetKind.slots(job.sync(), each.getValue().moved()).isEmpty()) {
        throw new RedisException(
            Fault.fatal(
                FaultCode.TASK_CHANGED,
                ("the task '%s' was begun with %s and now has %s; while its shards are spread over"
                        + " several jobs that stays as it is")
                    .formatted(job.sync().task(), each.getValue().moved(), words)));
      }
      if (!each.getValue().moved().equals(words)) {
        throw new RedisException(
            LinksElsewhere.resharded(
                "the task was begun with %s and now has %s"
                    .formatted(each.getValue().moved(), words == null ? "no such link" : words)));
      }
    }
  }

  @Override
  LinksElsewhere elsewhere() {
    return elsewhere;
  }

  @Override
  TreeSet<Integer> left() {
    return left;
  }

  @Override
  List<LeftSlots> left(int source) {
    return leftSlots;
  }

  /** While masters disagree or slots are being moved it is not known which links there are. */
  private List<Master> masters() throws RedisException {
    List<Master> found = new ArrayList<>();
    try (ClusterConnections cluster = ClusterConnections.open(source(0), List.of())) {
      List<HostAndPort> nodes = cluster.map().nodes().stream().map(ClusterNode::address).toList();
      List<ClusterNode> masters = cluster.map().masters();
      for (int i = 0; i < masters.size(); i++) {
        SlotRanges slots = SlotRanges.of(masters.get(i).slots());
        found.add(
            new Master(
                new SourcePart(masters.size(), slots, masters.get(i).address(), nodes),
                cluster.master(i).info()));
      }
      // What was read of one was of a time at which no other was giving it slots.
      cluster.verifyMap();
      withoutSlots =
          cluster.map().nodes().stream()
              .filter(node -> node.isMaster() && !node.failed() && node.slots().isEmpty())
              .map(ClusterNode::address)
              .toList();
    }
    return found;
  }

  private Map<Integer, Master> known(List<Master> masters, Map<Integer, NodeState> former)
      throws RedisException {
    Map<Integer, String> histories = kind.histories(target, keys);
    Map<Integer, Master> known = new TreeMap<>();
    for (SameShard same : SameShard.values()) {
      Set<Integer> drained = same == SameShard.SLOTS ? drained(known, former, histories) : Set.of();
      former.forEach(
          (number, node) -> {
            if (drained.contains(number)) {
              return;
            }
            String history = SameShard.history(node, histories.get(number));
            masters.stream()
                .filter(master -> !known.containsKey(number) && !known.containsValue(master))
                .filter(master -> same.is(master.info(), history, hasWords(master, node)))
                .findFirst()
                .ifPresent(master -> known.put(number, master));
          });
    }
    return known;
  }

  /**
   * Those of which the master is one still, and has no slots: who has all of them now was given
   * them, and has not taken over. A failover leaves no master behind.
   */
  private Set<Integer> drained(
      Map<Integer, Master> known, Map<Integer, NodeState> former, Map<Integer, String> histories) {
    Map<Integer, NodeState> open = new TreeMap<>(former);
    open.keySet().removeAll(known.keySet());
    Set<Integer> drained = new TreeSet<>();
    for (HostAndPort address : open.isEmpty() ? List.<HostAndPort>of() : withoutSlots) {
      try (RedisConnection connection = source(0).connect(address)) {
        ServerInfo info = connection.info();
        open.forEach(
            (number, node) -> {
              String history = SameShard.history(node, histories.get(number));
              boolean is =
                  info.replId().equals(history) || info.runId().equals(node.copied().runId());
              if (info.isMaster() && !info.replId().isEmpty() && is) {
                drained.add(number);
              }
            });
      } catch (RedisException e) {
        // Then it is not known to be one.
        continue;
      }
    }
    return drained;
  }

  private boolean hasWords(Master master, NodeState node) {
    return TargetKind.moved(job.sync(), master.part()).equals(node.moved());
  }

  private List<PlannedLink> numbered(
      List<Master> masters, Map<Integer, Master> known, Map<Integer, NodeState> former)
      throws RedisException {
    Map<Integer, Master> all = new TreeMap<>(known);
    int free = 0;
    for (Master master : masters) {
      if (!known.containsValue(master)) {
        while (all.containsKey(free) || former.containsKey(free)) {
          free++;
        }
        all.put(free, master);
      }
    }
    int first = all.keySet().iterator().next();
    List<PlannedLink> links = new ArrayList<>();
    for (Map.Entry<Integer, Master> each : all.entrySet()) {
      int number = each.getKey();
      SourcePart part = each.getValue().part();
      ShardCut cut = cut(known.containsKey(number) ? former.get(number) : null, each.getValue());
      links.add(new PlannedLink(number, 0, part.with(cut, number == first), job.start()));
    }
    links.sort(Comparator.comparingInt(PlannedLink::number));
    return links;
  }

  /**
   * Which of the links that have copied nothing may begin: of one that joined others have had the
   * slots, one that has only taken the target stands there, and as long as one of them is in its
   * first copy none has been finished. A start that must resume decides itself about the others.
   */
  private List<PlannedLink> judged(
      List<PlannedLink> links,
      Set<Integer> known,
      Collection<NodeState> former,
      Collection<NodeState> taken)
      throws RedisException {
    BitSet told = had(former);
    told.or(had(taken));
    boolean copying = former.stream().anyMatch(NodeState::interrupted);
    List<PlannedLink> judged = new ArrayList<>();
    for (PlannedLink link : links) {
      BitSet untold = link.part().slots().toBits();
      untold.andNot(told);
      boolean begins = !known.contains(link.number()) && untold.isEmpty();
      if (!known.contains(link.number()) && !begins && !copying && !mustResume()) {
        throw gone(TargetKind.moved(job.sync(), link.part()));
      }
      judged.add(begins ? link.fresh() : link);
    }
    return judged;
  }

  private boolean mustResume() {
    return job.start() == StartMode.MUST_RESUME;
  }

  /** Slots that these have at the target. */
  private BitSet had(Collection<NodeState> nodes) {
    BitSet slots = new BitSet();
    for (NodeState node : nodes) {
      TargetKind.slots(job.sync(), node.moved()).ifPresent(each -> slots.or(each.toBits()));
    }
    return slots;
  }

  private ShardCut cut(NodeState node, Master master) throws RedisException {
    long offset = livesThrough(job.sync()) ? master.info().replOffset() : -1;
    if (node == null) {
      return new ShardCut("", null, offset);
    }
    Optional<SlotRanges> slots = TargetKind.slots(job.sync(), node.moved());
    if (slots.isEmpty()) {
      throw changed(node, TargetKind.moved(job.sync(), master.part()));
    }
    return new ShardCut(node.moved(), slots.get(), offset);
  }

  /**
   * Other slots than before are taken only where whatever the target has of them is the task's: a
   * link copies again, or fetches those of its slots that it did not have.
   */
  private void refuseChanges(List<PlannedLink> links, Map<Integer, NodeState> former)
      throws RedisException {
    if (former.isEmpty()) {
      return;
    }
    if (livesThrough(job.sync()) && (isOurs(former.values()) || canTell(links, former))) {
      return;
    }
    for (PlannedLink link : links) {
      NodeState node = former.get(link.number());
      String now = TargetKind.moved(job.sync(), link.part());
      // One that is new has taken slots of another.
      if (node != null && !node.moved().equals(now)) {
        throw changed(node, now);
      }
    }
    for (int number : left) {
      throw changed(former.get(number), "no such link");
    }
  }

  /** Whether whatever the target has of a slot is the task's, and only what the source has. */
  private boolean isOurs(Collection<NodeState> former) {
    return former.stream().allMatch(NodeState::owned)
        && job.sync().filter().excludeCommands().isEmpty();
  }

  /**
   * Whether it can be told which keys of a slot are to go where the target was not empty, or
   * commands are left out: the streams of all that had it are there, or were not needed any more
   * when they ended, and what is skipped was found. What a cut copy has left of a slot that is
   * another's by now, no stream tells of.
   */
  private boolean canTell(List<PlannedLink> links, Map<Integer, NodeState> former) {
    boolean copied = former.values().stream().noneMatch(NodeState::interrupted);
    boolean known = links.stream().allMatch(link -> former.containsKey(link.number()));
    boolean tells =
        switch (job.sync().onExists()) {
          case REPLACE -> true;
          case REFUSE -> copied;
          default -> copied && known;
        };
    return tells;
  }

  private RedisException changed(NodeState node, String now) {
    return new RedisException(
        Fault.fatal(
            FaultCode.TASK_CHANGED,
            ("the task '%s' was begun with %s and now has %s; where slots have moved at the"
                    + " source, only a start afresh goes on")
                .formatted(job.sync().task(), node.moved(), now)));
  }

  /**
   * Nobody writes any more for a shard that has no slots left; what it was in the middle of is.
   *
   * @param former links that have copied
   * @throws RedisException TASK_CHANGED where the rest of its stream would be needed
   */
  private void takeLeft(Map<Integer, NodeState> former) throws RedisException {
    for (int link : left) {
      Optional<TakenTarget> found =
          kind.takeClaimed(target, keys.ofLink(link), "", job.incarnation());
      if (found.isPresent()) {
        try (TakenTarget taken = found.get()) {
          NodeState node = taken.state().node();
          boolean copied = former.containsKey(link);
          BitSet slots = copied ? had(List.of(node)) : new BitSet();
          LeftSlots leaves = LeftSlots.of(slots, taken.state());
          if (copied && !isOurs(former.values()) && (node.interrupted() || !leaves.known())) {
            throw drained(job.sync(), node);
          }
          leftSlots.add(leaves);
        }
      }
    }
  }
}
