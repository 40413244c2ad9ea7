package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.CopiedFrom;
import io.cachesync.agent.checkpoint.NodeState;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.StartMode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The links of a job with several sources. A link is known by its source, in whatever order the
 * sources are given. Which keys at the target are whose cannot be told: where one link has to copy
 * once more, the target is emptied and all of them begin again.
 */
final class SourcesPlan extends LinkPlan {
  private final boolean again;
  private final Map<Integer, CopiedFrom> followed;
  private final TreeSet<Integer> left = new TreeSet<>();
  private final Map<Integer, List<LeftSlots>> leftSlots = new HashMap<>();

  /**
   * @param again whether a link of this start has said that all must begin again
   * @param followed as of {@link LinkPlan#of}; what is to be copied next is added
   */
  SourcesPlan(LinkSpec job, LinkState state, boolean again, Map<Integer, CopiedFrom> followed) {
    super(job, state);
    this.followed = followed;
    this.again = again;
  }

  @Override
  TreeSet<Integer> left() {
    return left;
  }

  @Override
  List<LeftSlots> left(int source) {
    return leftSlots.getOrDefault(source, List.of());
  }

  @Override
  List<PlannedLink> links() throws RedisException {
    left.clear();
    leftSlots.clear();
    Map<Integer, NodeState> former = kind.links(target, keys);
    boolean afresh = job.sync().afresh();
    if (!afresh) {
      for (NodeState node : former.values()) {
        refuseHole(node);
      }
    }
    Map<String, PlannedLink> wanted = wanted();
    boolean goesOn = !afresh && !again && former.values().stream().allMatch(SourcesPlan::isCopied);
    if (goesOn && livesThrough(job.sync())) {
      List<PlannedLink> moved = moved(wanted, former);
      if (!moved.isEmpty()) {
        return moved;
      }
    }
    if (!afresh) {
      refuseOthers(wanted, former);
    }
    List<PlannedLink> links = numbered(wanted, afresh ? Map.of() : former);
    boolean copied = links.stream().allMatch(link -> isCopied(former.get(link.number())));
    if (copied && !afresh && !again) {
      return links.stream().map(link -> link.standing(former.get(link.number()))).toList();
    }
    refuseTwice(links);
    boolean emptied = mustBeEmptied(former.values());
    if (!emptied && !afresh) {
      refuseGone(links, former);
    }
    if (emptied) {
      TreeSet<Integer> all = new TreeSet<>(former.keySet());
      links.forEach(link -> all.add(link.number()));
      refuseTarget(links);
      refuseReplaced(links, former);
      kind.empty(target, keys, all, job.incarnation());
      state.log(
          LogLevel.INFO, "the target was emptied: all sources are copied from their beginning");
    }
    TreeSet<Integer> left = new TreeSet<>(former.keySet());
    links.forEach(link -> left.remove(link.number()));
    TakenLinks.retire(kind, target, keys, left, job.incarnation());
    return links.stream().map(link -> emptied ? link.fresh() : found(link, former)).toList();
  }

  /**
   * The links, where slots may have moved between the shards of a source: a shard is known by the
   * history of its master.
   *
   * @return none where not each of them was there before, or one is no more that was no shard
   * @throws RedisException TASK_CHANGED where the rest of the stream of one that is no more would
   *     be needed
   */
  private List<PlannedLink> moved(Map<String, PlannedLink> wanted, Map<Integer, NodeState> former)
      throws RedisException {
    Map<Integer, String> histories = kind.histories(target, keys);
    Map<String, PlannedLink> rest = new LinkedHashMap<>(wanted);
    Map<Integer, PlannedLink> known = new TreeMap<>();
    for (SameShard same : SameShard.values()) {
      former.forEach(
          (number, node) ->
              rest.entrySet().stream()
                  .filter(link -> !known.containsKey(number))
                  .filter(link -> isSame(link, node, histories.get(number), same))
                  .findFirst()
                  .ifPresent(link -> known.put(number, rest.remove(link.getKey()))));
    }
    TreeSet<Integer> gone = new TreeSet<>(former.keySet());
    gone.removeAll(known.keySet());
    if (!rest.isEmpty() || !gone.stream().allMatch(each -> sourceOf(former.get(each)) >= 0)) {
      return List.of();
    }
    for (int each : gone) {
      takeLeft(each, former.get(each));
    }
    List<PlannedLink> links = new ArrayList<>();
    known.forEach(
        (number, link) -> links.add(link.numbered(number).cut(cut(link, former.get(number)))));
    return links;
  }

  /** The source that a link had a shard of, or -1. */
  private int sourceOf(NodeState node) {
    int sources = job.sync().allSources().size();
    for (int source = 0; source < sources; source++) {
      if (TargetKind.slots(job.sync().ofSource(source), node.moved(), sources).isPresent()) {
        return source;
      }
    }
    return -1;
  }

  /** Nobody writes any more for a shard that has no slots left. */
  private void takeLeft(int link, NodeState node) throws RedisException {
    int source = sourceOf(node);
    int sources = job.sync().allSources().size();
    BitSet slots =
        TargetKind.slots(job.sync().ofSource(source), node.moved(), sources).orElseThrow().toBits();
    Optional<TakenTarget> found =
        kind.takeClaimed(target, keys.ofLink(link), "", job.incarnation());
    if (found.isEmpty()) {
      throw drained(job.sync(), node);
    }
    try (TakenTarget taken = found.get()) {
      LeftSlots leaves = LeftSlots.of(slots, taken.state());
      if (!leaves.known()) {
        throw drained(job.sync(), node);
      }
      leftSlots.computeIfAbsent(source, none -> new ArrayList<>()).add(leaves);
      left.add(link);
    }
  }

  private boolean isSame(
      Map.Entry<String, PlannedLink> wanted, NodeState node, String history, SameShard same) {
    PlannedLink link = wanted.getValue();
    boolean words = wanted.getKey().equals(node.moved());
    if (!link.part().isShard() || slots(link, node).isEmpty()) {
      return words;
    }
    return same.is(masters.get(link.part().master()), SameShard.history(node, history), words);
  }

  private Optional<SlotRanges> slots(PlannedLink link, NodeState node) {
    int sources = job.sync().allSources().size();
    return TargetKind.slots(job.sync().ofSource(link.source()), node.moved(), sources);
  }

  /** Slots that move are lived through by shards that were copied; of others nothing moves. */
  private ShardCut cut(PlannedLink link, NodeState node) {
    if (!link.part().isShard()) {
      return new ShardCut(node.moved(), null, -1);
    }
    long offset = masters.get(link.part().master()).replOffset();
    return new ShardCut(node.moved(), slots(link, node).orElse(null), offset);
  }

  private PlannedLink found(PlannedLink link, Map<Integer, NodeState> former) {
    NodeState node = former.get(link.number());
    if (hasNothing(node, former.values())) {
      return link.fresh();
    }
    return isCopied(node) && !job.sync().afresh() ? link.standing(node) : link;
  }

  /** By the words that say what each moves, in the order of the sources. */
  private Map<String, PlannedLink> wanted() throws RedisException {
    Map<String, PlannedLink> wanted = new LinkedHashMap<>();
    for (int source = 0; source < job.sync().allSources().size(); source++) {
      for (SourcePart part : parts(source)) {
        String words = TargetKind.moved(job.sync().ofSource(source), part);
        PlannedLink link = new PlannedLink(-1, source, part, job.start()).cut(firstCut(part));
        if (wanted.put(words, link) != null) {
          throw twice(words);
        }
      }
    }
    return wanted;
  }

  /** Slots that move are lived through once all of a shard is copied. */
  private ShardCut firstCut(SourcePart part) {
    return part.isShard() && livesThrough(job.sync())
        ? new ShardCut("", null, masters.get(part.master()).replOffset())
        : ShardCut.NONE;
  }

  private static void refuseHole(NodeState node) throws RedisException {
    if (!node.hole().isEmpty()) {
      throw new RedisException(LinkFaults.hole(node.hole()));
    }
  }

  private void refuseOthers(Map<String, PlannedLink> wanted, Map<Integer, NodeState> former)
      throws RedisException {
    for (NodeState node : former.values()) {
      if (node.generation() > 0 && !wanted.containsKey(node.moved())) {
        throw new RedisException(
            Fault.fatal(
                FaultCode.TASK_CHANGED,
                "the task '%s' was begun with %s and now has %s"
                    .formatted(
                        job.sync().task(), node.moved(), String.join("; ", wanted.keySet()))));
      }
    }
  }

  /** Those that were there keep their numbers, the others get the lowest that are free. */
  private static List<PlannedLink> numbered(
      Map<String, PlannedLink> wanted, Map<Integer, NodeState> former) {
    Map<String, Integer> known = new HashMap<>();
    former.forEach((number, node) -> known.putIfAbsent(node.moved(), number));
    known.keySet().retainAll(wanted.keySet());
    List<PlannedLink> links = new ArrayList<>();
    int free = 0;
    for (Map.Entry<String, PlannedLink> link : wanted.entrySet()) {
      Integer number = known.get(link.getKey());
      if (number == null) {
        while (known.containsValue(free)) {
          free++;
        }
        number = free++;
      }
      links.add(link.getValue().numbered(number));
    }
    return links;
  }

  private static boolean isCopied(NodeState node) {
    return node != null && node.generation() > 0 && !node.interrupted();
  }

  /** Whether something lies at the target that one of the links would have to remove at first. */
  private boolean mustBeEmptied(Collection<NodeState> nodes) {
    boolean begun = nodes.stream().anyMatch(node -> node.generation() > 0);
    boolean owned = nodes.stream().allMatch(node -> node.generation() == 0 || node.owned());
    boolean interrupted = nodes.stream().anyMatch(NodeState::interrupted);
    return owned && (again || (begun && (job.sync().afresh() || interrupted)));
  }

  /** A start that must resume decides itself about such a link. */
  private void refuseGone(List<PlannedLink> links, Map<Integer, NodeState> former)
      throws RedisException {
    boolean begun = former.values().stream().anyMatch(node -> node.generation() > 0);
    for (PlannedLink link : links) {
      NodeState node = former.get(link.number());
      boolean gone = node == null || (node.generation() == 0 && !hasNothing(node, former.values()));
      if (begun && gone && job.start() != StartMode.MUST_RESUME) {
        throw gone(TargetKind.moved(job.sync().ofSource(link.source()), link.part()));
      }
    }
  }

  /** A master and its replica have one replication id, and the same keys. */
  private void refuseTwice(List<PlannedLink> links) throws RedisException {
    Map<String, String> seen = new HashMap<>();
    for (PlannedLink link : links) {
      try (RedisConnection connection = connect(link)) {
        ServerInfo info = connection.info();
        // Below 4.0 they are one.
        for (String id : new TreeSet<>(List.of(info.runId(), info.replId()))) {
          String other = id.isEmpty() ? null : seen.put(id, connection.toString());
          if (other != null) {
            throw twice(other + " and " + connection);
          }
        }
      }
    }
  }

  /** Each link asks too, before it takes the target; here it would be empty by then. */
  private void refuseTarget(List<PlannedLink> links) throws RedisException {
    Set<String> servers = kind.runIds(target);
    for (PlannedLink link : links) {
      try (RedisConnection connection = connect(link)) {
        Taking.refuseSource(servers, connection.info().runId());
      }
    }
  }

  /** What is emptied is copied again from the sources that they were, or from none. */
  private void refuseReplaced(List<PlannedLink> links, Map<Integer, NodeState> former)
      throws RedisException {
    // What a start that was asked for afresh has begun itself is told by its own links.
    boolean asked = job.sync().afresh() && !again;
    Map<Integer, String> histories = asked ? Map.of() : kind.histories(target, keys);
    for (PlannedLink link : links) {
      int number = link.number();
      CopiedFrom last = followed.get(number);
      String history = last == null ? histories.get(number) : last.replId();
      CopiedFrom copied =
          asked ? CopiedFrom.NOTHING : former.getOrDefault(number, NodeState.NONE).copied();
      // What the target tells of may be the copy of another source, before this start's.
      CopiedFrom from = last == null ? copied : last;
      if (history == null && copied.isNothing()) {
        continue;
      }
      try (RedisConnection connection = connect(link)) {
        SourceLineage source = SourceLineage.of(connection);
        if (history == null || !source.goesOn(history, from)) {
          if (last != null || copied.isNothing()) {
            throw new RedisException(
                Fault.fatal(
                    FaultCode.SOURCE_REPLACED,
                    "what the target has is to be copied again, and %s %s"
                        .formatted(connection, LinkFaults.doesNotKnow(history))));
          }
          source.refuseUnless(copied);
        }
        // It tells one step back only: where the next copy is cut, it is asked from here.
        followed.put(number, new CopiedFrom(source.replId(), from.offset(), from.runId()));
      }
    }
  }

  private RedisConnection connect(PlannedLink link) throws RedisException {
    RedisClient client = source(link.source());
    return link.part().isShard() ? client.connect(link.part().master()) : client.connect();
  }

  private static RedisException twice(String what) {
    return new RedisException(
        Fault.fatal(
            FaultCode.SOURCE_TWICE, "two of the sources are one, or replicas of one: " + what));
  }
}
