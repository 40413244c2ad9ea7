package io.cachesync.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real cluster of servers on free loopback ports: as many masters as asked for, with the slots in
 * equal parts, and as many replicas for each. Used as {@link RedisServer} is.
 *
 * <p>A cluster takes two seconds until it serves, whatever one does: a master that has just started
 * waits for so long (CLUSTER_WRITABLE_DELAY in cluster.c).
 */
public final class ClusterServers implements AutoCloseable, BeforeAllCallback, AfterAllCallback {
  public static final int SLOTS = 16_384;

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final String NODE_TIMEOUT = "cluster-node-timeout";

  private final ServerVersion version;
  private final int masters;
  private final int replicas;
  private final Map<String, String> options = new LinkedHashMap<>();
  private final List<RedisServer> nodes = new ArrayList<>();
  private final Map<RedisServer, String> ids = new LinkedHashMap<>();
  private boolean patient;

  public ClusterServers(ServerVersion version, int masters) {
    this(version, masters, 0);
  }

  /**
   * @param replicas of each master
   */
  public ClusterServers(ServerVersion version, int masters, int replicas) {
    this.version = version;
    this.masters = masters;
    this.replicas = replicas;
    option("cluster-enabled", "yes");
    option("cluster-config-file", "nodes.conf");
    // One without replicas is served by no other: none must be taken for gone on a busy machine.
    option(NODE_TIMEOUT, replicas == 0 ? "10000" : "2000");
  }

  /** A line of every node's redis.conf. */
  public ClusterServers option(String name, String value) {
    options.put(name, value);
    return this;
  }

  /**
   * For tests in which no node ends: on a machine that stands still for seconds none is taken for
   * gone, no replica takes over, and the cluster goes on serving.
   */
  public ClusterServers patient() {
    patient = true;
    return this;
  }

  /** Starts all nodes, and returns when each of them serves and knows the whole map. */
  public ClusterServers start() {
    for (int i = 0; i < masters * (1 + replicas); i++) {
      nodes.add(launch());
    }
    // A replica must not take over because its master starts slowly.
    List<RedisServer> hurried = replicas == 0 ? nodes() : List.of();
    hurry(hurried);
    for (int i = 0; i < masters; i++) {
      assign(i);
    }
    awaitAcquaintance(
        () -> nodes.forEach(node -> meet(node, nodes.subList(0, nodes.indexOf(node)))));
    for (int i = masters; i < nodes.size(); i++) {
      call(nodes.get(i), "CLUSTER", "REPLICATE", ids.get(nodes.get(i % masters)));
    }
    awaitAgreement();
    beCalm(hurried);
    await("every replica follows", () -> replicas().stream().allMatch(ClusterServers::isLinked));
    if (patient) {
      beCalm(nodes);
    }
    return this;
  }

  /** Every node that was started, also those that have ended since. */
  public List<RedisServer> nodes() {
    return List.copyOf(nodes);
  }

  /** The living nodes that are masters with slots now, by their first slot. */
  public List<RedisServer> masters() {
    RedisServer[] owners = owners();
    return Arrays.stream(owners).distinct().toList();
  }

  /** The living nodes that are replicas now. */
  public List<RedisServer> replicas() {
    return nodes.stream().filter(RedisServer::isAlive).filter(node -> !isMaster(node)).toList();
  }

  public RedisServer ownerOf(int slot) {
    return owners()[slot];
  }

  /** The master of each slot, as all living nodes agree. */
  public RedisServer[] owners() {
    return owners(firstAlive());
  }

  public String id(RedisServer node) {
    return ids.get(node);
  }

  /** The addresses of all nodes that were started. */
  public List<String> addresses() {
    return nodes.stream().map(RedisServer::address).toList();
  }

  public ServerVersion version() {
    return version;
  }

  /** The keys of all masters. */
  public long keys() {
    return masters().stream().mapToLong(RedisServer::keys).sum();
  }

  public void flush() {
    masters().forEach(RedisServer::flush);
  }

  /** Starts one more node, a master without slots, and lets all know it. */
  public RedisServer join() {
    RedisServer node = launch();
    hurry(List.of(node));
    List<RedisServer> others = nodes();
    nodes.add(node);
    awaitAcquaintance(() -> meet(node, others));
    awaitAgreement();
    beCalm(List.of(node));
    return node;
  }

  /** Moves a slot with all its keys to another master. */
  public void moveSlot(int slot, RedisServer to) {
    beginMove(slot, to);
    moveKeys(slot, to, Integer.MAX_VALUE);
    endMove(slot, to);
  }

  /** The same of slots without keys, many at once. */
  public void giveEmptySlots(List<Integer> slots, RedisServer to) {
    if (slots.isEmpty()) {
      return;
    }
    RedisServer[] owners = owners();
    // Who takes over what it is importing claims it with an epoch of its own.
    try (RespClient client = to.client()) {
      client.pipeline(
          slots.stream().map(slot -> setSlot(slot, "IMPORTING", ids.get(owners[slot]))).toList());
    }
    List<String[]> commands =
        slots.stream().map(slot -> setSlot(slot, "NODE", ids.get(to))).toList();
    List<RedisServer> all = new ArrayList<>(masters());
    all.remove(to);
    all.add(0, to);
    for (RedisServer node : all) {
      List<Object> replies;
      try (RespClient client = node.client()) {
        replies = client.pipeline(commands);
      }
      for (Object reply : replies) {
        if (reply instanceof RespError error) {
          assertIsReplica(node, error);
        }
      }
    }
    awaitAgreement();
  }

  private static String[] setSlot(Integer slot, String how, String id) {
    return new String[] {"CLUSTER", "SETSLOT", slot.toString(), how, id};
  }

  /** A node that has lost its last slot, and so is a replica, is a master without slots again. */
  public void joinAgain(RedisServer node) {
    if (isMaster(node)) {
      return;
    }
    hurry(List.of(node));
    call(node, "CLUSTER", "RESET", "SOFT");
    meet(node, nodes.stream().filter(each -> each != node).toList());
    await(
        "every node knows it as a master",
        () ->
            nodes.stream().allMatch(this::knowsAll)
                && nodes.stream().allMatch(each -> lineOf(each, ids.get(node)).contains("master")));
    awaitAgreement();
    beCalm(List.of(node));
  }

  /** From here on the slot is open: its keys are where they are, new ones belong to the other. */
  public void beginMove(int slot, RedisServer to) {
    RedisServer from = ownerOf(slot);
    String number = Integer.toString(slot);
    call(to, "CLUSTER", "SETSLOT", number, "IMPORTING", ids.get(from));
    call(from, "CLUSTER", "SETSLOT", number, "MIGRATING", ids.get(to));
  }

  /**
   * Moves keys of an open slot.
   *
   * @return how many were moved
   */
  public int moveKeys(int slot, RedisServer to, int most) {
    try (RespClient from = ownerOf(slot).client()) {
      int moved = 0;
      while (moved < most) {
        int wanted = Math.min(100, most - moved);
        List<Object> keys =
            from.list("CLUSTER", "GETKEYSINSLOT", Integer.toString(slot), Integer.toString(wanted));
        for (Object key : keys) {
          from.call(
              "MIGRATE", "127.0.0.1", Integer.toString(to.port()), (String) key, "0", "60000");
        }
        moved += keys.size();
        if (keys.isEmpty()) {
          break;
        }
      }
      return moved;
    }
  }

  /** Closes an open slot: it belongs to the other from here on, and all know it. */
  public void endMove(int slot, RedisServer to) {
    List<RedisServer> others = new ArrayList<>(masters());
    others.remove(to);
    // The new owner first: a slot must never be without one.
    others.add(0, to);
    for (RedisServer node : others) {
      try {
        call(node, "CLUSTER", "SETSLOT", Integer.toString(slot), "NODE", ids.get(to));
      } catch (RespError e) {
        // Who has lost its last slot has become a replica of the other (7.0 and later).
        assertIsReplica(node, e);
      }
    }
    awaitAgreement();
  }

  /** Moves slots with all their keys at once, as Redis 8.4 and Valkey 9 can. */
  public void migrate(int first, int last, RedisServer to) {
    beginMigration(first, last, to);
    awaitMigrated(first, to);
  }

  /** Returns once the one that takes them in tells of it. */
  public void beginMigration(int first, int last, RedisServer to) {
    RedisServer from = ownerOf(first);
    String begin = Integer.toString(first);
    String end = Integer.toString(last);
    int before = migrations(to);
    if (isValkey()) {
      call(from, "CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", begin, end, "NODE", ids.get(to));
    } else {
      call(to, "CLUSTER", "MIGRATION", "IMPORT", begin, end);
    }
    await("the move begins", () -> migrations(to) > before);
  }

  /** How many it tells of, those that are over included. */
  private int migrations(RedisServer node) {
    try (RespClient client = node.client()) {
      return isValkey()
          ? client.list("CLUSTER", "GETSLOTMIGRATIONS").size()
          : client.list("CLUSTER", "MIGRATION", "STATUS", "ALL").size();
    }
  }

  /** Waits until all know that these slots have moved. */
  public void awaitMigrated(int slot, RedisServer to) {
    await("slot " + slot + " has moved", () -> ownerOf(slot) == to);
    awaitAgreement();
  }

  /** Gives up what {@link #beginMigration} has begun at this node, which had the slots. */
  public void cancelMigration(RedisServer from, RedisServer to) {
    if (isValkey()) {
      call(from, "CLUSTER", "CANCELSLOTMIGRATIONS");
    } else {
      call(to, "CLUSTER", "MIGRATION", "CANCEL", "ALL");
    }
  }

  private boolean isValkey() {
    return version.name().startsWith("VALKEY");
  }

  /** Gives the move of an open slot up: what has gone to the other node is gone. */
  public void giveUpMove(int slot, RedisServer to) {
    String number = Integer.toString(slot);
    RedisServer from = ownerOf(slot);
    call(from, "CLUSTER", "SETSLOT", number, "STABLE");
    await(
        "nobody was still on the way to the other node",
        () -> {
          call(to, "CLUSTER", "SETSLOT", number, "IMPORTING", ids.get(from));
          int removed = removeFrom(to, number);
          call(to, "CLUSTER", "SETSLOT", number, "STABLE");
          return removed == 0;
        });
  }

  private static int removeFrom(RedisServer importing, String slot) {
    try (RespClient client = importing.client()) {
      List<Object> keys = client.list("CLUSTER", "GETKEYSINSLOT", slot, "100000");
      for (Object key : keys) {
        client.pipeline(List.of(new String[] {"ASKING"}, new String[] {"DEL", (String) key}));
      }
      return keys.size();
    }
  }

  /** No master takes this slot for open any more. */
  public void close(int slot) {
    masters().forEach(node -> call(node, "CLUSTER", "SETSLOT", Integer.toString(slot), "STABLE"));
  }

  /** Makes a replica the master of its shard; nothing is lost. */
  public void failOver(RedisServer replica) {
    for (int attempt = 0; attempt < 10 && !isMaster(replica); attempt++) {
      try {
        call(replica, "CLUSTER", "FAILOVER");
      } catch (RespError e) {
        // It does not hear its master at this moment, or has just taken over by itself.
      }
      // A manual failover gives itself up after five seconds.
      Instant end = Instant.now().plusSeconds(6);
      await("a failover ends", () -> isMaster(replica) || Instant.now().isAfter(end));
    }
    await("the replica is master", () -> isMaster(replica));
    awaitAgreement();
  }

  /**
   * Lets a replica take over from its master without what the master is given meanwhile. It stands
   * still while its connection ends, so that it does not ask for the rest.
   */
  public void takeOverWithout(RedisServer master, Runnable meanwhile) {
    RedisServer replica =
        replicas().stream().filter(node -> follows(node, master)).findFirst().orElseThrow();
    List<RedisServer> witnesses = masters().stream().filter(node -> node != master).toList();
    long written = master.replOffset();
    await("the replica has all of before", () -> replica.replOffset() >= written);
    replica.freeze();
    call(master, "CLIENT", "KILL", "TYPE", "replica");
    meanwhile.run();
    hurry(witnesses);
    master.freeze();
    replica.thaw();
    try {
      await("the replica has taken over", () -> isMaster(replica));
    } finally {
      master.thaw();
      beCalm(witnesses);
    }
    awaitAgreement();
  }

  private static void assertIsReplica(RedisServer node, RespError otherwise) {
    if (isMaster(node)) {
      throw otherwise;
    }
  }

  /** Kills a node at once, as a power cut would. */
  public void kill(RedisServer node) {
    node.kill();
  }

  /** Waits until every living node serves and has the same map of slots. */
  public void awaitAgreement() {
    await(
        "all nodes agree",
        () -> {
          RedisServer[] owners = null;
          for (RedisServer node : nodes) {
            if (!node.isAlive()) {
              continue;
            }
            if (!serves(node)) {
              return false;
            }
            RedisServer[] seen = owners(node);
            if (Arrays.asList(seen).contains(null)
                || (owners != null && !Arrays.equals(owners, seen))) {
              return false;
            }
            owners = seen;
          }
          return true;
        });
  }

  /** The slot of a key, computed bit by bit as the specification of Redis Cluster says it. */
  public static int slot(String key) {
    int open = key.indexOf('{');
    int close = open < 0 ? -1 : key.indexOf('}', open + 1);
    String hashed = close > open + 1 ? key.substring(open + 1, close) : key;
    int crc = 0;
    for (byte b : hashed.getBytes(StandardCharsets.ISO_8859_1)) {
      crc ^= (b & 0xff) << 8;
      for (int bit = 0; bit < 8; bit++) {
        crc = ((crc << 1) ^ ((crc & 0x8000) == 0 ? 0 : 0x1021)) & 0xffff;
      }
    }
    return crc % SLOTS;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    if (nodes.isEmpty()) {
      start();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close();
  }

  @Override
  public void close() {
    nodes.forEach(RedisServer::close);
  }

  private RedisServer launch() {
    RedisServer node = new RedisServer(version);
    options.forEach(node::option);
    node.start();
    ids.put(node, lineOf(node, "myself").split(" ", 2)[0]);
    return node;
  }

  /** A handshake that takes nodes longer than a second is given up, and is to be begun again. */
  private void awaitAcquaintance(Runnable meet) {
    AtomicReference<Instant> again = new AtomicReference<>(Instant.MIN);
    await(
        "every node knows every other",
        () -> {
          if (Instant.now().isAfter(again.get())) {
            meet.run();
            again.set(Instant.now().plusSeconds(5));
          }
          return nodes.stream().allMatch(this::knowsAll);
        });
  }

  /** Tells each of the others of a node: what goes round by itself takes a second. */
  private static void meet(RedisServer node, List<RedisServer> others) {
    for (RedisServer other : others) {
      call(other, "CLUSTER", "MEET", "127.0.0.1", Integer.toString(node.port()));
    }
  }

  /**
   * A master that has been alone serves only when it has been with the others for as long as they
   * wait for one another, and for half a second at least (rejoin_delay in cluster.c).
   */
  private static void hurry(List<RedisServer> nodes) {
    nodes.forEach(node -> node.config(NODE_TIMEOUT, "500"));
  }

  private void beCalm(List<RedisServer> nodes) {
    String timeout = patient ? "60000" : options.get(NODE_TIMEOUT);
    nodes.forEach(node -> node.config(NODE_TIMEOUT, timeout));
  }

  private void assign(int master) {
    List<String> words = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
    for (int slot = SLOTS * master / masters; slot < SLOTS * (master + 1) / masters; slot++) {
      words.add(Integer.toString(slot));
    }
    call(nodes.get(master), words.toArray(String[]::new));
    call(nodes.get(master), "CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(master + 1));
  }

  private boolean knowsAll(RedisServer node) {
    String[] lines = lines(node);
    return lines.length == nodes.size()
        && Arrays.stream(lines).noneMatch(line -> line.contains("handshake"));
  }

  private static boolean follows(RedisServer replica, RedisServer master) {
    try (RespClient client = replica.client()) {
      String port = client.info("replication").get("master_port");
      return Integer.toString(master.port()).equals(port);
    }
  }

  private static boolean isLinked(RedisServer replica) {
    try (RespClient client = replica.client()) {
      return "up".equals(client.info("replication").get("master_link_status"));
    }
  }

  private static boolean isMaster(RedisServer node) {
    return lineOf(node, "myself").split(" ")[2].contains("master");
  }

  private static boolean serves(RedisServer node) {
    try (RespClient client = node.client()) {
      return client.text("CLUSTER", "INFO").startsWith("cluster_state:ok");
    }
  }

  /** As one node sees it; null for a slot that no living master has. */
  private RedisServer[] owners(RedisServer witness) {
    RedisServer[] owners = new RedisServer[SLOTS];
    for (String line : lines(witness)) {
      String[] words = line.split(" ");
      RedisServer owner = node(words[0]);
      for (int i = 8; i < words.length && owner != null; i++) {
        if (!words[i].startsWith("[")) {
          String[] ends = words[i].split("-", -1);
          int last = Integer.parseInt(ends[ends.length - 1]);
          Arrays.fill(owners, Integer.parseInt(ends[0]), last + 1, owner);
        }
      }
    }
    return owners;
  }

  private RedisServer node(String id) {
    return ids.entrySet().stream()
        .filter(entry -> entry.getValue().equals(id) && entry.getKey().isAlive())
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(null);
  }

  private RedisServer firstAlive() {
    return nodes.stream().filter(RedisServer::isAlive).findFirst().orElseThrow();
  }

  private static String lineOf(RedisServer node, String flag) {
    return Arrays.stream(lines(node)).filter(line -> line.contains(flag)).findFirst().orElseThrow();
  }

  private static String[] lines(RedisServer node) {
    try (RespClient client = node.client()) {
      return client.text("CLUSTER", "NODES").split("\n");
    }
  }

  private static void call(RedisServer node, String... words) {
    try (RespClient client = node.client()) {
      client.call(words);
    }
  }

  private static void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptions()
        .until(condition);
  }
}
