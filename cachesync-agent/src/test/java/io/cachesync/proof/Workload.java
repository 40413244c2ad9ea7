package io.cachesync.proof;

import io.cachesync.contract.SyncSpec;
import io.cachesync.testkit.ServerVersion;
import java.util.SplittableRandom;

/**
 * What one seed does; everything but the timing follows from the seed.
 *
 * @param version of the source, or of all servers
 * @param targetVersion of the target
 * @param origin what is read from
 * @param target what is written to
 * @param keysPerKind few, so that commands meet on the same keys
 * @param databases used in turn, from 0
 * @param flushes whether FLUSHDB, FLUSHALL and SWAPDB are sent, rarely
 * @param scripts whether scripts are sent, some of which fail half-way; old servers send their text
 * @param graceMillis by how much times are sent later: with a short one the target is late sooner
 * @param fieldExpiry whether fields of hashes get times of their own (7.4)
 * @param commandsPerSecond at the source
 * @param writingMillis how long is written while troubles happen
 * @param troubles how many
 * @param process whether the agent is a process of its own, ended by kill -9
 */
record Workload(
    ServerVersion version,
    ServerVersion targetVersion,
    Origin origin,
    Target target,
    int keysPerKind,
    int databases,
    boolean flushes,
    boolean scripts,
    Expiry expiry,
    long graceMillis,
    boolean fieldExpiry,
    int commandsPerSecond,
    long writingMillis,
    int troubles,
    boolean process) {

  /** What is read from. */
  enum Origin {
    SERVER,
    /** Two, with different keys. */
    SERVERS,
    CLUSTER,
    /** A replica, whose master is written to. */
    REPLICA,
    /** One of whose masters gives all its slots away. */
    DRAINED;

    boolean isCluster() {
      return this == CLUSTER || this == DRAINED;
    }
  }

  /** What a target is. */
  enum Target {
    SERVER,
    CLUSTER,
    /** A server or a cluster that a part of the source is moved to, under other names. */
    FILTERED,
    FILTERED_CLUSTER;

    boolean isCluster() {
      return this == CLUSTER || this == FILTERED_CLUSTER;
    }

    boolean isFiltered() {
      return this == FILTERED || this == FILTERED_CLUSTER;
    }
  }

  /** The times to live that keys get. */
  enum Expiry {
    NONE,
    /** An hour and more: never reached. */
    LONG,
    /** 50 ms to 2 s, mostly renewed before they end: what a target that is behind must survive. */
    SHORT
  }

  private static final ServerVersion[] VERSIONS = {
    ServerVersion.V7_0, ServerVersion.V7_4, ServerVersion.V6_2, ServerVersion.V2_8
  };

  private static final ServerVersion[][] PAIRS = {
    {ServerVersion.V2_8, ServerVersion.V7_0},
    {ServerVersion.V7_0, ServerVersion.V2_8},
    {ServerVersion.V6_2, ServerVersion.V7_4},
    {ServerVersion.V7_4, ServerVersion.V6_2},
    {ServerVersion.V2_8, ServerVersion.V6_2},
    {ServerVersion.V7_0, ServerVersion.V6_2},
    {ServerVersion.V7_4, ServerVersion.V2_8},
    {ServerVersion.V7_0, ServerVersion.V7_4}
  };

  /** Every tenth seed is one with an agent as a process, where there is a jar of it. */
  private static final int PROCESS_EVERY = 10;

  /** After slots have moved the engine waits for a while until it takes the move for ended. */
  private static final int MOST_OF_SHARDS = 3;

  /** That a master is drained takes as long as two of these. */
  private static final int MOST_OF_DRAINED = 2;

  static Workload of(long seed, boolean jar) {
    SplittableRandom random = new SplittableRandom(seed);
    ServerVersion version = VERSIONS[(int) Math.floorMod(seed, VERSIONS.length)];
    Expiry expiry = expiry(random.nextInt(10));
    boolean impatient = expiry == Expiry.SHORT && random.nextBoolean();
    return new Workload(
        version,
        version,
        Origin.SERVER,
        Target.SERVER,
        2 + random.nextInt(3),
        1 + random.nextInt(3),
        random.nextInt(4) == 0,
        random.nextInt(5) > 0,
        expiry,
        impatient ? 300 : SyncSpec.DEFAULT_EXPIRY_GRACE_MILLIS,
        expiry != Expiry.NONE && version == ServerVersion.V7_4,
        500 + random.nextInt(2500),
        1800 + random.nextInt(800),
        2 + random.nextInt(4),
        jar && Math.floorMod(seed, PROCESS_EVERY) == PROCESS_EVERY - 1);
  }

  private static Expiry expiry(int tenth) {
    if (tenth == 0) {
      return Expiry.NONE;
    }
    return tenth < 4 ? Expiry.LONG : Expiry.SHORT;
  }

  /** How many are looked at there, from 0: a map may make them more. */
  int databasesAtTarget() {
    return switch (target) {
      case CLUSTER, FILTERED_CLUSTER -> 1;
      case FILTERED -> 6;
      case SERVER -> databases;
    };
  }

  /** FLUSHALL is refused where databases are left out, which some filters do. */
  String flush() {
    return target.isFiltered() ? "FLUSHDB" : "FLUSHALL";
  }

  /**
   * Whether the source goes on by partial resync where it comes back without the last; of two
   * servers each would have to be waited for, and a flush among the last ends the task.
   */
  boolean sourceComesBack() {
    return origin.isCluster() || (origin == Origin.SERVER && !flushes && since(ServerVersion.V7_0));
  }

  /** Whether both ends have what came with a version. */
  boolean since(ServerVersion first) {
    return version.atLeast(first) && targetVersion.atLeast(first);
  }

  /** Whether the two ends are of different versions. */
  boolean isAcross() {
    return version != targetVersion;
  }

  Workload withVersion(ServerVersion other) {
    return copy()
        .versions(other, other)
        .fieldExpiry(fieldExpiry && other == ServerVersion.V7_4)
        .made();
  }

  /** From one version to another, by the seed; what both of them have is sent. */
  Workload across(long seed) {
    ServerVersion[] ends = PAIRS[(int) Math.floorMod(seed, PAIRS.length)];
    return copy()
        .versions(ends[0], ends[1])
        .between(Origin.SERVER, Target.SERVER)
        .fieldExpiry(false)
        .made();
  }

  /** A claim of an entry that is gone leaves it pending below 7.0, and not from there on. */
  boolean claimsAlike() {
    return version.atLeast(ServerVersion.V7_0) || !targetVersion.atLeast(ServerVersion.V7_0);
  }

  /** Read from a replica; what is written is written to its master. */
  Workload fromReplica() {
    return copy().versions(version, version).between(Origin.REPLICA, target).made();
  }

  Pair.Kind pair() {
    return new Pair.Kind(version, targetVersion, origin, target);
  }

  /** Only a part is moved, under other names; several databases, so that they may be mapped. */
  Workload filtered() {
    return copy().versions(version, version).between(origin, Target.FILTERED).databases(3).made();
  }

  /** The same into a cluster, of database 1. */
  Workload toFilteredCluster() {
    return copy()
        .versions(ServerVersion.V7_0, ServerVersion.V7_0)
        .between(origin, Target.FILTERED_CLUSTER)
        .databases(2)
        .flushes(false)
        .fieldExpiry(false)
        .made();
  }

  /** A cluster has one database: nothing is swapped there. */
  Workload toCluster() {
    return copy()
        .versions(ServerVersion.V7_0, ServerVersion.V7_0)
        .between(origin, Target.CLUSTER)
        .databases(1)
        .fieldExpiry(false)
        .made();
  }

  /**
   * Several links, between what their seed says. A flush of one of them is refused, and what one of
   * two servers of 2.8 holds cannot be told by a digest.
   */
  Workload withSeveralLinks(long seed) {
    boolean servers = seed % 2 == 0;
    boolean toCluster = Math.floorMod(seed, 4) >= 2;
    ServerVersion links = servers && !toCluster ? version : ServerVersion.V7_0;
    return copy()
        .versions(links, links)
        .between(
            servers ? Origin.SERVERS : Origin.CLUSTER, toCluster ? Target.CLUSTER : Target.SERVER)
        .databases(servers && !toCluster ? databases : 1)
        .flushes(false)
        .fieldExpiry(fieldExpiry && links == ServerVersion.V7_4)
        .troubles(servers ? troubles : Math.min(MOST_OF_SHARDS, troubles))
        .made();
  }

  /** A source cluster, one master of which gives all its slots away. */
  Workload withDrainedNode(long seed) {
    Workload shards = withSeveralLinks(2 * seed + 1);
    return shards
        .copy()
        .between(Origin.DRAINED, shards.target)
        .fieldExpiry(false)
        .troubles(Math.min(MOST_OF_DRAINED, troubles))
        .made();
  }

  /** Whether commands are left out, none of which is ever sent. */
  boolean leavesOut(long seed) {
    return origin == Origin.DRAINED && Math.floorMod(seed / 2, 4) == 1;
  }

  /** Whether the target has keys of its own where nobody asked for that. */
  boolean isAmongOthers(long seed) {
    return origin == Origin.DRAINED && Math.floorMod(seed / 2, 4) >= 2;
  }

  private Copy copy() {
    return new Copy(this);
  }

  /** A copy, some of which is otherwise. */
  private static final class Copy {
    private final Workload of;
    private ServerVersion version;
    private ServerVersion targetVersion;
    private Origin origin;
    private Target target;
    private int databases;
    private boolean flushes;
    private boolean fieldExpiry;
    private int troubles;

    Copy(Workload of) {
      this.of = of;
      version = of.version;
      targetVersion = of.targetVersion;
      origin = of.origin;
      target = of.target;
      databases = of.databases;
      flushes = of.flushes;
      fieldExpiry = of.fieldExpiry;
      troubles = of.troubles;
    }

    Copy versions(ServerVersion source, ServerVersion ofTarget) {
      version = source;
      targetVersion = ofTarget;
      return this;
    }

    Copy between(Origin newOrigin, Target newTarget) {
      origin = newOrigin;
      target = newTarget;
      return this;
    }

    Copy databases(int many) {
      databases = many;
      return this;
    }

    Copy flushes(boolean sent) {
      flushes = sent;
      return this;
    }

    Copy fieldExpiry(boolean given) {
      fieldExpiry = given;
      return this;
    }

    Copy troubles(int many) {
      troubles = many;
      return this;
    }

    Workload made() {
      return new Workload(
          version,
          targetVersion,
          origin,
          target,
          of.keysPerKind,
          databases,
          flushes,
          of.scripts,
          of.expiry,
          of.graceMillis,
          fieldExpiry,
          of.commandsPerSecond,
          of.writingMillis,
          troubles,
          of.process);
    }
  }
}
