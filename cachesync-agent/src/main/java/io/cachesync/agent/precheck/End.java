package io.cachesync.agent.precheck;

import io.cachesync.agent.checkpoint.Claim;
import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.contract.NodeFacts;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.Topology;
import java.io.Closeable;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;

/**
 * The source or the target as it was found: one server, or the nodes of a cluster. What a check
 * asks of a server it asks of each of {@link #masters}.
 */
interface End extends Closeable {
  /** What it was given as. */
  Topology given();

  /** The server that answered first. */
  Server front();

  /** Those that keys are read from, or written to: at least one, and only those that answer. */
  List<Server> masters();

  /** Every server that answers, masters first. */
  List<Server> nodes();

  /** Whether it is what it was given as: otherwise databases and rights mean something else. */
  default boolean isAsGiven() {
    String mode = given() == Topology.CLUSTER ? "cluster" : "standalone";
    return front().mode().equals(mode);
  }

  /** How many databases it has; empty where it does not tell. */
  OptionalInt databases() throws RedisException;

  /** Whether nothing but database 0 can be written to. */
  boolean hasOnlyDatabaseZero();

  /** A key's name like this one that lies at this master. */
  String keyAt(Server master, String name);

  /** What the engine sends to such a target, besides what it sends to each; KEY is a key. */
  List<List<String>> sent();

  /** Which part of all keys falls to this master, 0 to 1. */
  double share(Server master);

  /** The claims of tasks, by database. */
  SortedMap<Integer, Claim> claims(OwnKeys keys) throws RedisException;

  /** Whether what a task has claimed here is known to have been empty then. */
  boolean isOwned(OwnKeys keys, Claim claim) throws RedisException;

  /**
   * How many of a task's own keys there are, by database.
   *
   * @param links how many links the task's job has
   */
  SortedMap<Integer, Long> ownKeys(OwnKeys keys, int links) throws RedisException;

  /** Number of replicas that take over when a master dies. */
  int replicas();

  /** Masters that no replica would take over from, where this end can tell. */
  List<Server> mastersAlone();

  /** What is wrong with the whole of it, beyond its single servers; empty where there is none. */
  List<PrecheckFinding> health() throws RedisException;

  /** Nodes that do not answer. */
  List<PeerNode> away();

  /** What each node of a cluster says; empty where there is none. */
  List<NodeFacts> nodeFacts() throws RedisException;

  @Override
  void close();
}
