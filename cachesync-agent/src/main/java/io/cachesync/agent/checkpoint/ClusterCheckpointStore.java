package io.cachesync.agent.checkpoint;

import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.ClusterNode;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The truth about how far a link is at a cluster: a checkpoint in each hash slot, a watermark at
 * each master. Hands out connections that may write, as {@link TargetCheckpointStore} does: all are
 * named, every other writer of the job is gone at every master, and what is told here was read
 * after that. The hash in slot 0 decides who holds the epoch. For one thread.
 */
public final class ClusterCheckpointStore implements TargetState {
  /** A server below this runs the rest of a transaction after it refused a part of it. */
  private static final int LOWEST_LEVEL = 600;

  private static final int ARBITER = 0;

  /** A master that frees its memory in one go stands still, and may be taken for dead. */
  private static final String[] FLUSH = {"FLUSHALL", "ASYNC"};

  private final RedisClient client;
  private final OwnKeys keys;
  private final ClusterClaim claim;
  private final HeldEpoch held;
  private final Exactness exactness;
  private final SlotRanges share;
  private UnaryOperator<byte[]> sourceNames = key -> key;

  private int ended;
  private List<HostAndPort> known = List.of();
  private ServerInfo info;
  private SlotCheckpoints found;
  private NodeState node = NodeState.NONE;
  private Checkpoint watermark;
  private Map<String, Long> lost = new TreeMap<>();
  private boolean removing;

  /**
   * @param moved what the task moves, in words; a task that is resumed with other words is refused
   * @param incarnation shown in the names of the connections
   * @param share slots of the keys that this link moves, where it is one of several
   */
  public ClusterCheckpointStore(
      RedisClient client,
      OwnKeys keys,
      Claim claim,
      String moved,
      String incarnation,
      Exactness exactness,
      SlotRanges share) {
    if (keys.prefix().indexOf('{') >= 0) {
      throw new IllegalArgumentException("at a cluster the prefix of our keys has no braces");
    }
    this.client = client;
    this.keys = keys;
    this.claim = new ClusterClaim(keys, claim);
    this.held = new HeldEpoch(keys, keys.node(ARBITER), moved, incarnation);
    this.exactness = exactness;
    this.share = share;
  }

  /** The claim of a task at a cluster, or empty. */
  public static Optional<Claim> find(RedisClient client, OwnKeys keys) throws RedisException {
    try (ClusterConnections cluster = ClusterConnections.open(client, List.of())) {
      return ClusterClaim.find(cluster, keys);
    }
  }

  /** As {@link TargetCheckpointStore#links}. */
  public static SortedMap<Integer, NodeState> links(RedisClient client, OwnKeys job)
      throws RedisException {
    try (ClusterConnections cluster = ClusterConnections.open(client, List.of())) {
      return ClusterClaim.find(cluster, job).isEmpty()
          ? new TreeMap<>()
          : JobLinks.nodes(cluster, job);
    }
  }

  /** As {@link TargetCheckpointStore#takeOver}. */
  public ClusterConnections takeOver(boolean acceptNotEmpty, boolean acceptChange)
      throws RedisException {
    return guarded(
        cluster -> {
          boolean owned = claim.make(cluster, acceptNotEmpty);
          NodeState before = held.read(cluster.of(ARBITER));
          if (!owned && !before.owned() && before.generation() == 0 && !acceptNotEmpty) {
            // The claim was made when it was accepted, or is what a removal has left.
            claim.refuseForeignKeys(cluster);
          }
          held.take(cluster.of(ARBITER), acceptChange, owned);
          enter(cluster);
        });
  }

  /** As {@link TargetCheckpointStore#takeOverClaimed}. */
  public ClusterConnections takeOverClaimed() throws RedisException {
    return guarded(
        cluster -> {
          held.take(cluster.of(ARBITER), true, false);
          enter(cluster);
        });
  }

  /** As {@link TargetCheckpointStore#reconnect}. */
  public ClusterConnections reconnect() throws RedisException {
    return guarded(
        cluster -> {
          held.takeAgain(cluster.of(ARBITER));
          enter(cluster);
        });
  }

  /** Where keys are renamed: the name at the source of a key of the target. */
  public void sourceNames(UnaryOperator<byte[]> names) {
    sourceNames = names;
  }

  @Override
  public OwnKeys keys() {
    return keys;
  }

  @Override
  public Claim claim() {
    return claim.claim().owned(node.owned());
  }

  @Override
  public Epoch epoch() {
    return held.epoch();
  }

  @Override
  public int endedWriters() {
    return ended;
  }

  @Override
  public ServerInfo info() {
    return info;
  }

  @Override
  public NodeState node() {
    return node;
  }

  @Override
  public boolean hasOneDatabase() {
    return true;
  }

  /** The lowest watermark. */
  @Override
  public Optional<Checkpoint> checkpoint() {
    return Optional.ofNullable(watermark);
  }

  @Override
  public HealRecord heals() {
    return found.heals();
  }

  @Override
  public boolean isClaimed() throws RedisException {
    try (ClusterConnections cluster = ClusterConnections.open(client, known)) {
      return ClusterClaim.find(cluster, keys).isPresent()
          && JobLinks.at(cluster, keys).contains(keys.link());
    }
  }

  @Override
  public void verifyOurs() throws RedisException {
    try (ClusterConnections cluster = ClusterConnections.open(client, known)) {
      held.verify(cluster.of(ARBITER));
    }
  }

  @Override
  public void tryDatabase(int database) throws RedisException {
    if (database != 0) {
      throw new RedisException(
          Fault.fatal(
              FaultCode.TARGET_REFUSED,
              "a cluster has database 0 only, and this is of database " + database));
    }
  }

  /**
   * Up to where the lane of a slot stands, or -1 before a full sync was completed: commands up to
   * there are applied in it.
   */
  public long stands(int slot) {
    if (watermark == null) {
      return -1;
    }
    Checkpoint own = found.checkpoint(slot);
    boolean counts = own != null && own.generation() == node.generation();
    return counts ? Math.max(own.offset(), watermark.offset()) : watermark.offset();
  }

  /** The highest offset that the checkpoint of any slot tells, at or behind the watermark's. */
  public long reached() {
    long reached = -1;
    for (int slot = 0; slot < HashSlot.COUNT; slot++) {
      reached = Math.max(reached, stands(slot));
    }
    return reached;
  }

  /** The command that writes a watermark at the master whose first slot this is. */
  public String[] watermark(int slot, String text) {
    String field = NodeHash.watermarkField(keys.link());
    return lost.isEmpty()
        ? new String[] {"HSET", keys.node(slot), field, text}
        : new String[] {"HSET", keys.node(slot), field, text, NodeHash.LOST, NodeHash.text(lost)};
  }

  /**
   * What the source has lost is no part of its history any more: every watermark tells so from here
   * on, and no checkpoint counts that lies behind it.
   */
  public void loses(String replId, long upTo) {
    lost.merge(replId, upTo, Math::min);
  }

  /** What the checkpoint's key of a slot held when it was read, or null. */
  public byte[] written(int slot) {
    return found.text(slot);
  }

  /** Begins a full sync: from here on the former one counts for nothing. */
  public void beginGeneration(ClusterConnections cluster, boolean wipe) throws RedisException {
    held.verify(cluster.of(ARBITER));
    NodeState next = node.beginning();
    lost.clear();
    boolean flushes = wipe && share.isAll();
    if (flushes) {
      wipe(cluster, next);
    }
    writeNodes(cluster, next, null);
    if (!flushes) {
      // A removal that was cut may have left checkpoints of a generation of the same number.
      removeLanes(cluster, peers(cluster));
    }
    if (wipe && !flushes) {
      ShareSweep sweep = new ShareSweep(share, sourceNames, keys.prefix());
      for (RedisConnection master : cluster.masters()) {
        sweep.run(master, true);
      }
    }
    node = next;
    watermark = null;
    found = SlotCheckpoints.read(cluster, keys);
  }

  /**
   * Empties the cluster for several links that have been taken over. Slot 0, which tells what they
   * have, comes last: an end in the middle leaves what stands there, and all is emptied once more.
   *
   * @param links of one job, at least one
   */
  public static void empty(ClusterConnections cluster, List<ClusterCheckpointStore> links)
      throws RedisException {
    RedisConnection arbiter = cluster.of(ARBITER);
    List<String[]> commands = new ArrayList<>(List.<String[]>of(FLUSH));
    commands.add(links.get(0).claim.command(true));
    for (ClusterCheckpointStore link : links) {
      link.held.verify(arbiter);
      NodeHash left = new NodeHash(link.node.emptied(), null, List.of(), Map.of());
      commands.add(left.command(link.keys.node(ARBITER), link.keys.link()));
    }
    for (RedisConnection master : cluster.masters()) {
      if (master != arbiter) {
        master.call(FLUSH);
      }
    }
    Transactions.execute(arbiter, commands);
  }

  /** Remembers which keys of the source are left alone; before the full sync is completed. */
  public void writeSkipped(ClusterConnections cluster, List<DatabaseKey> skipped)
      throws RedisException {
    held.verify(cluster.of(ARBITER));
    SkipList.write(cluster.of(ARBITER), keys.skip(ARBITER), skipped);
  }

  public void readSkipped(ClusterConnections cluster, Consumer<DatabaseKey> into)
      throws RedisException {
    SkipList.read(cluster.of(ARBITER), keys.skip(ARBITER), into);
  }

  /**
   * Ends a full sync: its keys are all acknowledged, and the stream begins here. What {@link
   * #heals} has come to tell meanwhile is kept before it.
   */
  public void completeGeneration(ClusterConnections cluster, Checkpoint first)
      throws RedisException {
    held.verify(cluster.of(ARBITER));
    NodeState next = node.completed();
    List<String> words = found.heals().lastingWords();
    if (!words.isEmpty()) {
      words.addAll(0, List.of("HMSET", keys.heal(ARBITER)));
      cluster.of(ARBITER).call(words.toArray(String[]::new));
    }
    writeNodes(cluster, next, first);
    node = next;
    watermark = first;
  }

  /**
   * Makes sure that the epoch is ours and each slot where it was when the connections were opened.
   */
  public void verify(ClusterConnections cluster) throws RedisException {
    cluster.verifyMap();
    held.verify(cluster.of(ARBITER));
  }

  /**
   * Empties a master. What it holds of ours for more than one slot is there again in the same
   * transaction, so that an end at any point loses nothing of it.
   *
   * @param at up to where every lane of every master is applied
   */
  public void flush(ClusterConnections cluster, int master, Checkpoint at) throws RedisException {
    int slot = cluster.firstSlot(master);
    List<String[]> commands = new ArrayList<>();
    commands.add(FLUSH);
    commands.add(
        new NodeHash(node, at, peers(cluster), lost).command(keys.node(slot), keys.link()));
    if (slot == ARBITER) {
      commands.add(claim.command(node.owned()));
      // Nothing of this master is ahead any more.
      List<String> words = found.heals().lastingWords();
      if (!words.isEmpty()) {
        words.addAll(0, List.of("HMSET", keys.heal(ARBITER)));
        commands.add(words.toArray(String[]::new));
      }
    }
    Transactions.execute(cluster.master(master), commands);
  }

  @Override
  public void conform(String moved) throws RedisException {
    try (ClusterConnections cluster = ClusterConnections.open(client, known)) {
      RedisConnection arbiter = cluster.of(ARBITER);
      arbiter.call("WATCH", keys.node(ARBITER));
      held.verify(arbiter);
      String[] change = {"HSET", keys.node(ARBITER), NodeState.MOVED, moved};
      if (!Transactions.execute(arbiter, List.<String[]>of(change))) {
        throw HeldEpoch.mismatch(arbiter, "another writer changed the key " + keys.node(ARBITER));
      }
      node = node.moving(moved);
    }
  }

  /** The histories of a job's links at their checkpoints, by their numbers. */
  public static SortedMap<Integer, String> histories(RedisClient client, OwnKeys job)
      throws RedisException {
    SortedMap<Integer, String> histories = new TreeMap<>();
    try (ClusterConnections cluster = ClusterConnections.open(client, List.of())) {
      for (int link : JobLinks.at(cluster, job)) {
        String field = NodeHash.watermarkField(link);
        String key = job.ofLink(link).node(ARBITER);
        JobLinks.history(cluster.of(ARBITER).call("HGET", key, field))
            .ifPresent(replId -> histories.put(link, replId));
      }
    }
    return histories;
  }

  /** Remembers that a checkpoint was written although a command before it could not be applied. */
  public void recordHole(ClusterConnections cluster, String what) throws RedisException {
    NodeState next = node.with(what);
    cluster.of(ARBITER).call(next.command(keys.node(ARBITER)));
    node = next;
  }

  /** Whether our keys are being removed, and what is told of them was read before. */
  public boolean isRemoving() {
    return removing;
  }

  /** As {@link #reconnect}; a removal of ours that was cut has taken the epoch away already. */
  public ClusterConnections reconnectToRemove() throws RedisException {
    return guarded(
        cluster -> {
          RedisConnection arbiter = cluster.of(ARBITER);
          if (!isRemoved(arbiter)) {
            held.takeAgain(arbiter);
            enter(cluster);
          }
        });
  }

  /**
   * Removes everything of this link, and with the last link the claim. The hash that decides tells
   * first that there is nothing to go on from, and goes when all else has gone: a removal that was
   * cut is found and begun again.
   *
   * @return number of keys that were there
   */
  public int remove(ClusterConnections cluster) throws RedisException {
    RedisConnection arbiter = cluster.of(ARBITER);
    if (!isRemoved(arbiter)) {
      held.verify(arbiter);
      if (JobLinks.at(cluster, keys).equals(List.of(keys.link()))) {
        claim.restore(cluster, false);
      }
      NodeHash left = new NodeHash(node.leaving(), null, List.of(), Map.of());
      arbiter.call(left.command(keys.node(ARBITER), keys.link()));
    }
    removing = true;
    int removed = removeLanes(cluster, List.of(ARBITER));
    String skip = keys.skip(ARBITER);
    removed += Integer.parseInt(arbiter.call("DEL", skip, keys.node(ARBITER)).text());
    // The task's claim goes with the last of its links.
    return JobLinks.at(cluster, keys).isEmpty() ? removed + claim.remove(cluster) : removed;
  }

  private boolean isRemoved(RedisConnection arbiter) throws RedisException {
    return removing && held.read(arbiter).epoch().number() == 0;
  }

  /**
   * Removes what there is of ours in every slot.
   *
   * @param kept slots whose hashes stay
   */
  private int removeLanes(ClusterConnections cluster, List<Integer> kept) throws RedisException {
    for (int slot = 0; slot < HashSlot.COUNT; slot++) {
      RespWriter out = cluster.of(slot).out();
      if (kept.contains(slot)) {
        out.command("DEL", keys.checkpoint(slot), keys.heal(slot));
      } else {
        out.command("DEL", keys.checkpoint(slot), keys.heal(slot), keys.node(slot));
      }
    }
    for (RedisConnection master : cluster.masters()) {
      master.flush();
    }
    int removed = 0;
    for (int slot = 0; slot < HashSlot.COUNT; slot++) {
      RedisConnection master = cluster.of(slot);
      removed += Integer.parseInt(master.successOf(master.read()).text());
    }
    return removed;
  }

  /** The order matters: all named, then the epoch read, then the others ended, then the rest. */
  private void enter(ClusterConnections cluster) throws RedisException {
    String name = held.nextName();
    for (RedisConnection master : cluster.masters()) {
      master.call("CLIENT", "SETNAME", name);
    }
    held.verify(cluster.of(ARBITER));
    ended = 0;
    if (exactness.endsOtherWriters()) {
      for (RedisConnection master : cluster.masters()) {
        ended += Fence.endOthers(master, keys.connectionPrefix(), name);
      }
    }
    found = SlotCheckpoints.read(cluster, keys);
    judge(cluster);
  }

  private void look(ClusterConnections cluster) throws RedisException {
    known = cluster.map().nodes().stream().map(ClusterNode::address).toList();
    info = null;
    for (RedisConnection master : cluster.masters()) {
      ServerInfo each = master.info();
      if (info == null || each.commandLevel() < info.commandLevel()) {
        info = each;
      }
    }
    if (info.commandLevel() < LOWEST_LEVEL) {
      throw fatal(
          FaultCode.VERSION_TOO_OLD,
          "a cluster of version " + info.version() + " as a target: 6.0 is the lowest");
    }
  }

  /** What the hashes of the nodes say together: a node that has lost its own was not copied. */
  private void judge(ClusterConnections cluster) throws RedisException {
    NodeHash arbiter = found.nodes().getOrDefault(ARBITER, NodeHash.NONE);
    NodeState state = arbiter.state();
    long done = state.done();
    for (int peer : arbiter.peers()) {
      NodeState other = found.nodes().getOrDefault(peer, NodeHash.NONE).state();
      done = Math.min(done, other.generation() == state.generation() ? other.done() : 0);
    }
    node =
        new NodeState(
            state.epoch(), state.moved(), state.owned(), state.generation(), done, state.hole());
    watermark = null;
    lost = new TreeMap<>();
    for (NodeHash hash : found.nodes().values()) {
      if (hash.state().generation() == node.generation()) {
        hash.lost().forEach(this::loses);
      }
      Checkpoint other = hash.watermark();
      if (other != null && other.generation() == node.generation()) {
        boolean lower = watermark == null || other.offset() < watermark.offset();
        watermark = lower ? other : watermark;
      }
    }
    refuseLost();
    if (node.generation() > 0 && !arbiter.peers().equals(peers(cluster))) {
      writeNodes(cluster, node, watermark);
    }
  }

  /** A slot that was set back to before the source's lost writes were fetched again holds them. */
  private void refuseLost() throws RedisException {
    for (int slot = 0; slot < HashSlot.COUNT && !lost.isEmpty(); slot++) {
      Checkpoint own = found.checkpoint(slot);
      Long upTo = own == null ? null : lost.get(own.replId());
      if (upTo != null && own.generation() == node.generation() && own.offset() > upTo) {
        throw fatal(
            FaultCode.CHECKPOINT_MISMATCH,
            "slot %d stands at offset %d of the history %s, which the source has lost behind %d"
                .formatted(slot, own.offset(), own.replId(), upTo));
      }
    }
  }

  /** Slot 0 is never without its hash and the claim: what owns the cluster is told there. */
  private void wipe(ClusterConnections cluster, NodeState next) throws RedisException {
    for (RedisConnection master : cluster.masters()) {
      if (master == cluster.of(ARBITER)) {
        Transactions.execute(
            master, List.of(FLUSH, claim.command(next.owned()), next.command(keys.node(ARBITER))));
      } else {
        master.call(FLUSH);
      }
    }
  }

  /** The arbiter's last: as long as it is the former one, the former hashes are looked for. */
  private void writeNodes(ClusterConnections cluster, NodeState state, Checkpoint at)
      throws RedisException {
    List<Integer> peers = peers(cluster);
    NodeHash hash = new NodeHash(state, at, peers, lost);
    for (int i = peers.size() - 1; i >= 0; i--) {
      int slot = peers.get(i);
      cluster.of(slot).call(hash.command(keys.node(slot), keys.link()));
    }
    for (int slot : found.nodes().keySet()) {
      if (!peers.contains(slot)) {
        cluster.of(slot).call("DEL", keys.node(slot));
      }
    }
  }

  private static List<Integer> peers(ClusterConnections cluster) {
    List<Integer> peers = new ArrayList<>();
    for (int i = 0; i < cluster.size(); i++) {
      peers.add(cluster.firstSlot(i));
    }
    return peers;
  }

  private static RedisException fatal(FaultCode code, String message) {
    return new RedisException(Fault.fatal(code, message));
  }

  private ClusterConnections guarded(Entering entering) throws RedisException {
    ClusterConnections cluster = ClusterConnections.open(client, known);
    try {
      // Before anything is written: what is refused here must not keep a trace of us.
      look(cluster);
      entering.enter(cluster);
      return cluster;
    } catch (RedisException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  @FunctionalInterface
  private interface Entering {
    void enter(ClusterConnections cluster) throws RedisException;
  }
}
