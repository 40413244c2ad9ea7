package io.cachesync.agent.checkpoint;

import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.ClusterNode;
import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The truth about how far a link is at a cluster: a checkpoint in each hash slot, a watermark at
 * each master. Hands out connections that may write, as {@link TargetCheckpointStore} does: all are
 * named, every other writer of the job is gone at every master, and what is told here was read
 * after that. The hash in slot 0 decides who holds the epoch. For one thread.
 */
public final class ClusterCheckpointStore implements TargetState {
  private static final int ARBITER = 0;

  private final RedisClient client;
  private final OwnKeys keys;
  private final ClusterClaim claim;
  private final HeldEpoch held;
  private final Exactness exactness;
  private final SlotRanges share;
  private final ClusterHashes hashes;
  private final ClusterRemoval removal;
  private final ClusterStanding standing = new ClusterStanding();
  private UnaryOperator<byte[]> sourceNames = key -> key;

  private int ended;
  private List<HostAndPort> known = List.of();
  private ServerInfo info;

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
    this.hashes = new ClusterHashes(keys);
    this.removal = new ClusterRemoval(keys, this.claim, held, hashes);
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

  /** The link was seen to have copied: it is taken over only as long as that stands. */
  public void mustStand() {
    held.mustStand();
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
    return claim.claim().owned(standing.node().owned());
  }

  /** The command that writes the claim of a cluster that was just emptied. */
  String[] claimOfEmptied() {
    return claim.command(true);
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
    return standing.node();
  }

  @Override
  public boolean hasOneDatabase() {
    return true;
  }

  @Override
  public boolean lostItsEmptying() {
    return standing.lostItsEmptying();
  }

  @Override
  public boolean hasLostItsCopy() {
    return standing.hasLostItsCopy();
  }

  /** The lowest watermark. */
  @Override
  public Optional<Checkpoint> checkpoint() {
    return Optional.ofNullable(standing.watermark());
  }

  @Override
  public HealRecord heals() {
    return standing.found().heals();
  }

  @Override
  public boolean isClaimed() throws RedisException {
    try (ClusterConnections cluster = ClusterConnections.open(client, known)) {
      return ClusterClaim.find(cluster, keys).isPresent()
          && JobLinks.at(cluster, keys).contains(keys.link())
          && !held.read(cluster.of(ARBITER)).isLeft();
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
    return standing.stands(slot);
  }

  /** The highest offset that the checkpoint of any slot tells, at or behind the watermark's. */
  public long reached() {
    return standing.reached();
  }

  /** The command that writes a watermark at the master whose first slot this is. */
  public String[] watermark(int slot, String text) {
    return hashes.watermark(slot, text, standing.lost());
  }

  /**
   * What the source has lost is no part of its history any more: every watermark tells so from here
   * on, and no checkpoint counts that lies behind it.
   */
  public void loses(String replId, long upTo) {
    standing.loses(replId, upTo);
  }

  /** What the checkpoint's key of a slot held when it was read, or null. */
  public byte[] written(int slot) {
    return standing.found().text(slot);
  }

  /** As {@link TargetCheckpointStore#beginGeneration}. */
  public void beginGeneration(ClusterConnections cluster, boolean wipe, CopiedFrom from)
      throws RedisException {
    held.verify(cluster.of(ARBITER));
    NodeState next = standing.beginning(from).moving(held.words());
    standing.lost().clear();
    boolean flushes = wipe && share.isAll();
    if (flushes) {
      String[] hash = next.command(keys.node(ARBITER));
      ClusterEmptying.wipe(cluster, claim.command(next.owned()), hash);
    }
    hashes.write(cluster, next, null, standing);
    if (!flushes) {
      // A removal that was cut may have left checkpoints of a generation of the same number.
      hashes.removeLanes(cluster, ClusterHashes.peers(cluster));
    }
    if (wipe && !flushes) {
      ShareSweep sweep = new ShareSweep(share, sourceNames, keys.prefix());
      for (RedisConnection master : cluster.masters()) {
        sweep.run(master, true);
      }
    }
    standing.began(next, cluster, keys);
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

  /** What other links of the job leave alone. */
  public void readSkippedOf(ClusterConnections cluster, int link, Consumer<DatabaseKey> into)
      throws RedisException {
    SkipList.read(cluster.of(ARBITER), keys.ofLink(link).skip(ARBITER), into);
  }

  public void addSkipped(ClusterConnections cluster, List<DatabaseKey> skipped)
      throws RedisException {
    held.verify(cluster.of(ARBITER));
    SkipList.add(cluster.of(ARBITER), keys.skip(ARBITER), skipped);
  }

  /**
   * Ends a full sync: its keys are all acknowledged, and the stream begins here. What {@link
   * #heals} has come to tell meanwhile is kept before it.
   */
  public void completeGeneration(ClusterConnections cluster, Checkpoint first)
      throws RedisException {
    held.verify(cluster.of(ARBITER));
    NodeState next = standing.node().completed();
    for (String[] lasting : hashes.lasting(heals())) {
      cluster.of(ARBITER).call(lasting);
    }
    hashes.write(cluster, next, first, standing);
    standing.completed(next, first);
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
    commands.add(ClusterEmptying.FLUSH);
    NodeState node = standing.node();
    NodeHash hash = new NodeHash(node, at, ClusterHashes.peers(cluster), standing.lost());
    commands.add(hash.command(keys.node(slot), keys.link()));
    if (slot == ARBITER) {
      commands.add(claim.command(node.owned()));
      // Nothing of this master is ahead any more.
      commands.addAll(hashes.lasting(heals()));
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
      standing.node(standing.node().moving(moved));
      held.words(moved);
    }
  }

  /** Remembers that a checkpoint was written although a command before it could not be applied. */
  public void recordHole(ClusterConnections cluster, String what) throws RedisException {
    NodeState next = standing.node().with(what);
    cluster.of(ARBITER).call(next.command(keys.node(ARBITER)));
    standing.node(next);
  }

  /** Whether our keys are being removed, and what is told of them was read before. */
  public boolean isRemoving() {
    return removal.isBegun();
  }

  /** As {@link #reconnect}; a removal of ours that was cut has taken the epoch away already. */
  public ClusterConnections reconnectToRemove() throws RedisException {
    return guarded(
        cluster -> {
          RedisConnection arbiter = cluster.of(ARBITER);
          if (!removal.isDone(arbiter)) {
            held.takeAgain(arbiter);
            enter(cluster);
          }
        });
  }

  /**
   * Removes everything of this link, and with the last link the claim.
   *
   * @return number of keys that were there
   */
  public int remove(ClusterConnections cluster) throws RedisException {
    return removal.run(cluster, standing.node());
  }

  /** The order matters: all named, then the epoch read, then the others ended, then the rest. */
  private void enter(ClusterConnections cluster) throws RedisException {
    String name = held.nextName();
    for (RedisConnection master : cluster.masters()) {
      master.call("CLIENT", "SETNAME", name);
    }
    held.verify(cluster.of(ARBITER));
    ended = 0;
    if (exactness.endsOtherWriters(keys.link())) {
      do {
        for (RedisConnection master : cluster.masters()) {
          ended += Fence.endOthers(master, keys.connectionPrefix(), name);
        }
        // As in TargetCheckpointStore: one that emptied the master of slot 0 since then.
      } while (held.takeAgain(cluster.of(ARBITER)));
    }
    standing.read(cluster, keys);
    if (standing.mustBeWritten(cluster)) {
      hashes.write(cluster, standing.node(), standing.watermark(), standing);
    }
  }

  private void look(ClusterConnections cluster) throws RedisException {
    known = cluster.map().nodes().stream().map(ClusterNode::address).toList();
    info = ClusterVersion.of(cluster);
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
