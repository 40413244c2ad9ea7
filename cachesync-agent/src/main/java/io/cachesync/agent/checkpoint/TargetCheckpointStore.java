package io.cachesync.agent.checkpoint;

import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ReplyFault;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.agent.resp.RespValue;
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
 * The truth about how far a link is, which lies at the target. Hands out connections that may
 * write: each is named, every other writer of the link is gone, and {@link #checkpoint()} and
 * {@link #node()} were read after that. For one thread.
 */
public final class TargetCheckpointStore implements TargetState {
  private final RedisClient client;
  private final OwnKeys keys;
  private final Claim claim;
  private final String moved;
  private final HeldEpoch held;
  private final Exactness exactness;
  private final SlotRanges share;
  private UnaryOperator<byte[]> sourceNames = key -> key;

  private volatile RedisConnection entered;
  private volatile boolean closed;
  private int ended;
  private ServerInfo info;
  private NodeState node = NodeState.NONE;

  /** Of the full syncs that this process has seen here. */
  private long highest;

  private Checkpoint checkpoint;
  private HealRecord heals = new HealRecord();

  /**
   * @param moved what the task moves, in words; a task that is resumed with other words is refused.
   *     Empty, for {@link #takeOverClaimed}: leaves the words at the target as they are
   * @param incarnation shown in the names of the connections
   */
  public TargetCheckpointStore(
      RedisClient client, OwnKeys keys, Claim claim, String moved, String incarnation) {
    this(client, keys, claim, moved, incarnation, Exactness.ALL, SlotRanges.ALL);
  }

  /**
   * As above, with the rules to keep.
   *
   * @param share slots of the keys that this link moves, where it is one of several
   */
  public TargetCheckpointStore(
      RedisClient client,
      OwnKeys keys,
      Claim claim,
      String moved,
      String incarnation,
      Exactness exactness,
      SlotRanges share) {
    this.client = client;
    this.keys = keys;
    this.claim = claim;
    this.moved = moved;
    this.held = new HeldEpoch(keys, keys.node(), moved, incarnation);
    this.exactness = exactness;
    this.share = share;
  }

  /**
   * Claims the databases, takes the next epoch, ends all other writers of this link.
   *
   * @param acceptNotEmpty whether a target with foreign keys may be claimed
   * @param acceptChange whether what is moved may differ from the last start
   */
  public RedisConnection takeOver(boolean acceptNotEmpty, boolean acceptChange)
      throws RedisException {
    return guarded(
        client.connect(),
        connection -> {
          look(connection);
          Claim standing = new Claims(connection, keys).claim(claim, moved, acceptNotEmpty);
          home(connection);
          held.take(connection, acceptChange, standing.owned());
          enter(connection);
        });
  }

  /** Takes over without claiming, to remove what is there or to leave it to nobody. */
  public RedisConnection takeOverClaimed() throws RedisException {
    return guarded(
        client.connect(),
        connection -> {
          look(connection);
          home(connection);
          held.take(connection, true, false);
          enter(connection);
        });
  }

  /**
   * A new connection in place of a former one of ours, which is ended. A target that was set back
   * to before our epoch is taken again: nobody who came after us has a lower one.
   *
   * @throws RedisException FENCED where another writer has taken over meanwhile; TARGET_READ_ONLY
   *     where it is a replica by now, which may have lost its data until it has its master's
   */
  public RedisConnection reconnect() throws RedisException {
    return guarded(
        client.connect(),
        connection -> {
          look(connection);
          refuseReplica(connection);
          home(connection);
          if (held.takeAgain(connection)) {
            new Claims(connection, keys).mustStand(claim);
          }
          enter(connection);
        });
  }

  /**
   * Ends the connection of a take-over that is under way, which may wait for another's claim; those
   * handed out are their users'. From any thread.
   */
  public void close() {
    closed = true;
    RedisConnection current = entered;
    if (current != null) {
      current.close();
    }
  }

  @Override
  public boolean isClaimed() throws RedisException {
    try (RedisConnection connection = client.connect()) {
      Optional<Claim> standing = find(connection, keys);
      if (standing.isEmpty()) {
        return false;
      }
      connection.call("SELECT", Integer.toString(standing.get().home()));
      return connection.call("EXISTS", keys.node()).text().equals("1")
          && !held.read(connection).isLeft();
    }
  }

  @Override
  public void verifyOurs() throws RedisException {
    try (RedisConnection connection = client.connect()) {
      home(connection);
      held.verify(connection);
    }
  }

  @Override
  public void tryDatabase(int database) throws RedisException {
    try (RedisConnection connection = client.connect()) {
      RespValue reply = connection.tryCall("SELECT", Integer.toString(database));
      if (reply.isError()) {
        Fault fault = ReplyFault.of(connection.toString(), reply.errorPrefix(), reply.text());
        throw new RedisException(
            new Fault(
                fault.code(),
                "database %d cannot be used: %s".formatted(database, fault.message()),
                fault.retryable()));
      }
    }
  }

  /** The database where our keys of this task lie, among all databases of the target. */
  public static Optional<Claim> find(RedisConnection connection, OwnKeys keys)
      throws RedisException {
    connection.refuseCluster(connection.info("server"));
    Map<Integer, Claim> claims = new Claims(connection, keys).all();
    return claims.values().stream().filter(found -> found.task().equals(keys.task())).findFirst();
  }

  /** What the task's links have at a target, by their numbers. */
  public static SortedMap<Integer, NodeState> links(RedisConnection connection, OwnKeys job)
      throws RedisException {
    Optional<Claim> claim = find(connection, job);
    if (claim.isEmpty()) {
      return new TreeMap<>();
    }
    connection.call("SELECT", Integer.toString(claim.get().home()));
    return JobLinks.nodes(connection, job);
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
  public Optional<Checkpoint> checkpoint() {
    return Optional.ofNullable(checkpoint);
  }

  @Override
  public HealRecord heals() {
    return heals;
  }

  @Override
  public OwnKeys keys() {
    return keys;
  }

  @Override
  public Claim claim() {
    return claim.owned(node.owned());
  }

  @Override
  public boolean hasLostItsCopy() {
    return node.generation() < highest && !node.isLeft();
  }

  /** The link was seen to have copied: it is taken over only as long as that stands. */
  public void mustStand() {
    held.mustStand();
  }

  /** Where keys are renamed: the name at the source of a key of the target. */
  public void sourceNames(UnaryOperator<byte[]> names) {
    sourceNames = names;
  }

  /**
   * Begins a full sync: from here on the former one counts for nothing.
   *
   * @param wipe whether the claimed databases are emptied, in the same transaction; of one link of
   *     several its share of them, behind it
   * @param from of which source it is
   */
  public void beginGeneration(RedisConnection connection, boolean wipe, CopiedFrom from)
      throws RedisException {
    NodeState next = node.beginning(highest, from).moving(held.words());
    List<String[]> commands = new ArrayList<>();
    boolean lazily = info.version().atLeast(4, 0);
    if (wipe && share.isAll()) {
      commands.addAll(flushes(connection));
    }
    commands.add(new String[] {"DEL", keys.checkpoint(), keys.heal(), keys.skip()});
    commands.add(new String[] {"SET", keys.claim(), claim().text()});
    commands.add(next.command(keys.node()));
    change(connection, commands);
    node = next;
    highest = next.generation();
    checkpoint = null;
    heals = new HealRecord();
    if (wipe && !share.isAll()) {
      // Behind it, so that a sweep that is cut belongs to a full sync that was interrupted.
      new ShareSweep(share, sourceNames, keys.prefix()).run(connection, lazily);
    }
  }

  /**
   * Empties the claimed databases for several links that have been taken over: in the same
   * transaction all of them have nothing to go on from, and the claim tells that they were empty.
   *
   * @param links of one job, at least one
   */
  public static void empty(RedisConnection connection, List<TargetCheckpointStore> links)
      throws RedisException {
    TargetCheckpointStore first = links.get(0);
    first.home(connection);
    for (TargetCheckpointStore link : links) {
      connection.call("WATCH", link.keys.node());
      link.held.verify(connection);
    }
    List<String[]> commands = new ArrayList<>(first.flushes(connection));
    commands.add(new String[] {"SET", first.keys.claim(), first.claim.owned(true).text()});
    for (TargetCheckpointStore link : links) {
      commands.add(link.node.emptied().command(link.keys.node()));
    }
    if (!Transactions.execute(connection, commands)) {
      throw HeldEpoch.mismatch(connection, "another writer changed what links of the task keep");
    }
  }

  /** Remembers which keys of the source are left alone; before the full sync is completed. */
  public void writeSkipped(RedisConnection connection, List<DatabaseKey> skipped)
      throws RedisException {
    home(connection);
    held.verify(connection);
    SkipList.write(connection, keys.skip(), skipped);
  }

  public void readSkipped(RedisConnection connection, Consumer<DatabaseKey> into)
      throws RedisException {
    home(connection);
    SkipList.read(connection, keys.skip(), into);
  }

  /** What other links of the job leave alone. */
  public void readSkippedOf(RedisConnection connection, int link, Consumer<DatabaseKey> into)
      throws RedisException {
    home(connection);
    SkipList.read(connection, keys.ofLink(link).skip(), into);
  }

  public void addSkipped(RedisConnection connection, List<DatabaseKey> skipped)
      throws RedisException {
    home(connection);
    held.verify(connection);
    SkipList.add(connection, keys.skip(), skipped);
  }

  /**
   * Ends a full sync: its keys are all acknowledged, and the stream begins here. What {@link
   * #heals} has come to tell meanwhile is kept with it.
   */
  public void completeGeneration(RedisConnection connection, Checkpoint first)
      throws RedisException {
    NodeState next = node.completed();
    List<String[]> commands = new ArrayList<>();
    commands.add(new String[] {"SET", keys.checkpoint(), first.text()});
    commands.add(next.command(keys.node()));
    List<String> words = heals.lastingWords();
    if (!words.isEmpty()) {
      words.addAll(0, List.of("HMSET", keys.heal()));
      commands.add(words.toArray(String[]::new));
    }
    change(connection, commands);
    node = next;
    checkpoint = first;
  }

  @Override
  public void conform(String newMoved) throws RedisException {
    try (RedisConnection connection = client.connect()) {
      NodeState next = node.moving(newMoved);
      change(connection, List.<String[]>of(next.command(keys.node())));
      node = next;
      held.words(newMoved);
    }
  }

  /** As {@link ClusterLinks#histories}. */
  public static SortedMap<Integer, String> histories(RedisConnection connection, OwnKeys job)
      throws RedisException {
    SortedMap<Integer, String> histories = new TreeMap<>();
    Optional<Claim> claim = find(connection, job);
    if (claim.isPresent()) {
      connection.call("SELECT", Integer.toString(claim.get().home()));
      for (int link : JobLinks.at(connection, job)) {
        JobLinks.history(connection.call("GET", job.ofLink(link).checkpoint()))
            .ifPresent(replId -> histories.put(link, replId));
      }
    }
    return histories;
  }

  /** Remembers that a checkpoint was written although a command before it could not be applied. */
  public void recordHole(RedisConnection connection, String what) throws RedisException {
    NodeState next = node.with(what);
    change(connection, List.<String[]>of(next.command(keys.node())));
    node = next;
  }

  /**
   * Removes everything of this link, and with the last link the claim.
   *
   * @return number of keys that were there
   */
  public int remove(RedisConnection connection) throws RedisException {
    home(connection);
    held.verify(connection);
    boolean last = JobLinks.at(connection, keys).equals(List.of(keys.link()));
    connection.call("MULTI");
    List<String> gone = new ArrayList<>();
    gone.addAll(List.of("DEL", keys.checkpoint(), keys.heal(), keys.skip(), keys.node()));
    if (last) {
      gone.add(keys.claim());
    }
    connection.call(gone.toArray(String[]::new));
    RespValue replies = connection.call("EXEC");
    if (replies.elements().size() != 1) {
      throw HeldEpoch.mismatch(connection, "our keys could not be removed");
    }
    return Integer.parseInt(connection.successOf(replies.elements().get(0)).text());
  }

  /** What empties the claimed databases; the one of our keys is selected behind it. */
  private List<String[]> flushes(RedisConnection connection) throws RedisException {
    boolean lazily = info.version().atLeast(4, 0);
    List<String[]> commands = new ArrayList<>();
    if (claim.isOfAll()) {
      commands.add(flush("FLUSHALL", lazily));
    }
    for (int database : toFlush(connection)) {
      commands.add(new String[] {"SELECT", Integer.toString(database)});
      commands.add(flush("FLUSHDB", lazily));
    }
    commands.add(new String[] {"SELECT", Integer.toString(claim.home())});
    return commands;
  }

  /** One by one, where not everything is claimed. */
  private List<Integer> toFlush(RedisConnection connection) throws RedisException {
    if (claim.leftOut().isEmpty()) {
      return claim.databases();
    }
    return connection.info("keyspace").keysPerDatabase().keySet().stream()
        .filter(claim::covers)
        .toList();
  }

  private static String[] flush(String name, boolean lazily) {
    return lazily ? new String[] {name, "ASYNC"} : new String[] {name};
  }

  private void look(RedisConnection connection) throws RedisException {
    info = connection.info();
    connection.refuseCluster(info);
  }

  private void refuseReplica(RedisConnection connection) throws RedisException {
    if (info.isReadOnly()) {
      throw new RedisException(
          Fault.fatal(
              FaultCode.TARGET_READ_ONLY, connection + " is a replica, which takes no writes"));
    }
  }

  /** The order matters: named, then the epoch read, then the others ended, then the rest read. */
  private void enter(RedisConnection connection) throws RedisException {
    home(connection);
    String name = held.nextName();
    connection.call("CLIENT", "SETNAME", name);
    held.verify(connection);
    ended = 0;
    if (exactness.endsOtherWriters(keys.link())) {
      do {
        ended += Fence.endOthers(connection, keys.connectionPrefix(), name);
        // One that emptied the target for its source since then has put its own epoch back.
      } while (held.takeAgain(connection));
    }
    node = held.read(connection);
    highest = Math.max(highest, node.generation());
    checkpoint = readCheckpoint(connection);
    heals = readHeals(connection);
  }

  private void home(RedisConnection connection) throws RedisException {
    connection.call("SELECT", Integer.toString(claim.home()));
  }

  private void change(RedisConnection connection, List<String[]> commands) throws RedisException {
    home(connection);
    connection.call("WATCH", keys.node());
    held.verify(connection);
    if (!Transactions.execute(connection, commands)) {
      throw HeldEpoch.mismatch(connection, "another writer changed the key " + keys.node());
    }
  }

  private Checkpoint readCheckpoint(RedisConnection connection) throws RedisException {
    RespValue text = connection.call("GET", keys.checkpoint());
    try {
      return text.isNull() ? null : Checkpoint.parse(text.text());
    } catch (IllegalArgumentException e) {
      throw HeldEpoch.mismatch(
          connection, "the key " + keys.checkpoint() + " is " + e.getMessage());
    }
  }

  private HealRecord readHeals(RedisConnection connection) throws RedisException {
    try {
      return HealRecord.of(connection.call("HGETALL", keys.heal()));
    } catch (IllegalArgumentException e) {
      throw HeldEpoch.mismatch(
          connection, "the key " + keys.heal() + " is unreadable: " + e.getMessage());
    }
  }

  private RedisConnection guarded(RedisConnection connection, Entering entering)
      throws RedisException {
    try {
      entered = connection;
      if (closed) {
        connection.close();
      }
      entering.enter(connection);
      return connection;
    } catch (RedisException | RuntimeException e) {
      connection.close();
      throw e;
    } finally {
      entered = null;
    }
  }

  @FunctionalInterface
  private interface Entering {
    void enter(RedisConnection connection) throws RedisException;
  }
}
