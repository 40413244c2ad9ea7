package io.cachesync.agent.checkpoint;

import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/**
 * Claims the databases of a target for a task, once. A lock with an end of its own keeps two tasks
 * from claiming at the same moment.
 */
final class Claims {
  private static final Duration LOCK = Duration.ofSeconds(30);
  private static final long PAUSE_NANOS = 100_000_000;

  private final RedisConnection connection;
  private final OwnKeys keys;

  Claims(RedisConnection connection, OwnKeys keys) {
    this.connection = connection;
    this.keys = keys;
  }

  /**
   * Makes sure that the claim is ours.
   *
   * @return the claim as it stands, which tells whether the databases were empty
   * @param moved what the task moves, in words, stored when the claim is new
   * @param acceptNotEmpty whether a target with foreign keys may be claimed
   * @throws RedisException TARGET_TASK_CONFLICT, TASK_CHANGED or TARGET_NOT_EMPTY
   */
  Claim claim(Claim claim, String moved, boolean acceptNotEmpty) throws RedisException {
    Optional<Claim> standing = ours(claim);
    while (standing.isEmpty()) {
      if (!make(claim, moved, acceptNotEmpty)) {
        // The lock ran out or somebody claimed in between: look again.
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      standing = ours(claim);
    }
    return standing.get();
  }

  /** What came back with another claim of the task is not what this one was given. */
  void mustStand(Claim claim) throws RedisException {
    if (ours(claim).isEmpty()) {
      throw HeldEpoch.mismatch(connection, "the key " + keys.claim() + " is gone");
    }
  }

  /** Every claim at this target by the database it lies in. */
  Map<Integer, Claim> all() throws RedisException {
    TreeSet<Integer> databases =
        new TreeSet<>(connection.info("keyspace").keysPerDatabase().keySet());
    databases.add(0);
    Map<Integer, Claim> claims = new TreeMap<>();
    for (int database : databases) {
      connection.call("SELECT", Integer.toString(database));
      RespValue text = connection.call("GET", keys.claim());
      if (!text.isNull()) {
        claims.put(database, parse(text.text()));
      }
    }
    return claims;
  }

  private Optional<Claim> ours(Claim claim) throws RedisException {
    connection.call("SELECT", Integer.toString(claim.home()));
    RespValue text = connection.call("GET", keys.claim());
    if (text.isNull()) {
      return Optional.empty();
    }
    Claim found = parse(text.text());
    refuseConflict(claim, found);
    return found.isSame(claim) ? Optional.of(found) : Optional.empty();
  }

  private boolean make(Claim claim, String moved, boolean acceptNotEmpty) throws RedisException {
    String nonce = Epoch.newNonce() + " " + claim.task();
    lock(nonce, claim);
    try {
      for (Claim other : all().values()) {
        refuseConflict(claim, other);
      }
      String notEmpty = notEmpty(claim);
      if (!notEmpty.isEmpty() && !acceptNotEmpty) {
        throw fatal(FaultCode.TARGET_NOT_EMPTY, "the target is not empty: it holds " + notEmpty);
      }
      return store(
          claim.owned(notEmpty.isEmpty()),
          new NodeState(new Epoch(0, ""), moved, notEmpty.isEmpty(), 0, 0, "", CopiedFrom.NOTHING),
          nonce);
    } finally {
      if (!connection.isClosed()) {
        unlock(nonce);
      }
    }
  }

  private boolean store(Claim claim, NodeState node, String nonce) throws RedisException {
    connection.call("SELECT", "0");
    connection.call("WATCH", keys.lock());
    if (!connection.call("GET", keys.lock()).text().equals(nonce)) {
      connection.call("UNWATCH");
      return false;
    }
    return Transactions.execute(
        connection,
        List.of(
            new String[] {"SELECT", Integer.toString(claim.home())},
            new String[] {"SET", keys.claim(), claim.text()},
            node.command(keys.node()),
            new String[] {"SELECT", "0"},
            new String[] {"DEL", keys.lock()}));
  }

  private void lock(String nonce, Claim claim) throws RedisException {
    connection.call("SELECT", "0");
    long deadline = System.nanoTime() + LOCK.toNanos();
    while (connection
        .call("SET", keys.lock(), nonce, "NX", "PX", Long.toString(LOCK.toMillis()))
        .isNull()) {
      if (takeFromFormerStart(nonce, claim)) {
        return;
      }
      if (System.nanoTime() - deadline > 0) {
        throw new RedisException(
            Fault.retryable(
                FaultCode.TARGET_TASK_CONFLICT,
                "another task has been claiming databases of " + connection + " for a while"));
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /**
   * One that was killed while it claimed has left its lock. A start that is newer need not wait for
   * a former one of its own task: should that one still live, it finds its lock gone, and the claim
   * made.
   */
  private boolean takeFromFormerStart(String nonce, Claim claim) throws RedisException {
    connection.call("WATCH", keys.lock());
    RespValue held = connection.call("GET", keys.lock());
    if (held.isNull() || !task(held.text()).equals(claim.task())) {
      connection.call("UNWATCH");
      return false;
    }
    String[] take = {"SET", keys.lock(), nonce, "PX", Long.toString(LOCK.toMillis())};
    return Transactions.execute(connection, List.<String[]>of(take));
  }

  /** Of who holds a lock. */
  private static String task(String lock) {
    return lock.substring(lock.indexOf(' ') + 1);
  }

  private void unlock(String nonce) throws RedisException {
    connection.call("SELECT", "0");
    connection.call("WATCH", keys.lock());
    if (connection.call("GET", keys.lock()).text().equals(nonce)) {
      Transactions.execute(connection, List.<String[]>of(new String[] {"DEL", keys.lock()}));
    } else {
      connection.call("UNWATCH");
    }
  }

  /** What the claimed databases hold, in words; empty for nothing. */
  private String notEmpty(Claim claim) throws RedisException {
    StringBuilder found = new StringBuilder();
    for (int database : connection.info("keyspace").keysPerDatabase().keySet()) {
      if (claim.covers(database)) {
        connection.call("SELECT", Integer.toString(database));
        long size = number("DBSIZE") - (database == 0 ? number("EXISTS", keys.lock()) : 0);
        if (size > 0) {
          found.append(found.isEmpty() ? "" : ", ").append(size);
          found.append(" keys in database ").append(database);
        }
      }
    }
    return found.toString();
  }

  private long number(String... words) throws RedisException {
    return Long.parseLong(connection.call(words).text());
  }

  private void refuseConflict(Claim claim, Claim found) throws RedisException {
    if (claim.conflictsWith(found)) {
      throw fatal(
          FaultCode.TARGET_TASK_CONFLICT,
          "the task '%s' already moves into databases %s of %s"
              .formatted(found.task(), found.databasesText(), connection));
    }
    if (claim.task().equals(found.task()) && !claim.isSame(found)) {
      throw fatal(
          FaultCode.TASK_CHANGED,
          "the task '%s' was begun with databases %s of %s and now has %s"
              .formatted(claim.task(), found.databasesText(), connection, claim.databasesText()));
    }
  }

  private Claim parse(String text) throws RedisException {
    try {
      return Claim.parse(text);
    } catch (IllegalArgumentException e) {
      throw new RedisException(
          Fault.fatal(
              FaultCode.CHECKPOINT_MISMATCH,
              "the key " + keys.claim() + " at " + connection + " is " + e.getMessage()),
          e);
    }
  }

  private static RedisException fatal(FaultCode code, String message) {
    return new RedisException(Fault.fatal(code, message));
  }
}
