package io.cachesync.proof;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;

/** What goes wrong while a migration runs. */
enum Trouble {
  /** The connections to one end break, now or some thousand bytes later. */
  CUT_SOURCE,
  CUT_TARGET,
  CUT_TARGET_LATER,
  /** Nothing moves between engine and target for a while, or little. */
  STALL_TARGET,
  SLOW_TARGET,
  /** The target executes nothing for a while: DEBUG SLEEP, CLIENT PAUSE. */
  BUSY_TARGET,
  PAUSED_TARGET,
  /** The target refuses: a replica all of a sudden, or full. */
  READ_ONLY_TARGET,
  FULL_TARGET,
  /** It does so for a moment only, and its answers come late. */
  REFUSES_UNSEEN,
  /** A person pauses; stops and starts. */
  PAUSE,
  STOP,
  /** The engine is gone and starts again: at once, later, on another host, with much under way. */
  KILL,
  KILL_AND_WAIT,
  LOSE_HOST,
  KILL_BUSY,
  /** The engine comes too late for keys that expire, and is gone before it could ask about them. */
  KILL_IN_DOUBT,
  /** The engine stands still, another one starts, then the first goes on. */
  FREEZE,
  /** The same, with much of the first one's still on the wire. */
  FREEZE_BUSY,
  /** A node of a cluster stands still, gives hash slots away, hands over to its replica. */
  FROZEN_NODE,
  MOVED_SLOTS,
  FAILED_OVER,
  /** A replica takes over without what its master has acknowledged in the last moment. */
  LOST_WRITES,
  /** One node gets the beginning of what goes to all of them. */
  CUT_IN_ROUND,
  /** The engine is gone before it could fetch what commands across hash slots have written. */
  KILL_UNFETCHED,
  /** A master of a source cluster stands still, hands over to its replica, dies with the last. */
  SOURCE_FROZEN,
  SOURCE_FAILED_OVER,
  SOURCE_LOST_WRITES,
  /** Hash slots move at the source; with the engine killed in the middle; and come back empty. */
  SOURCE_MOVED_SLOTS,
  SOURCE_MOVED_UNSEEN,
  SOURCE_MOVED_AND_BACK,
  /** A source that is a replica: its connection to its master is cut, stands still, stays away. */
  REPLICA_CUT,
  REPLICA_STALLED,
  REPLICA_ALONE,
  /** It takes a snapshot of its master once more. */
  REPLICA_RESYNCED,
  /** It becomes the master; another one does; its master is started again with its data. */
  REPLICA_PROMOTED,
  REPLICA_REPOINTED,
  REPLICA_MASTER_RESTARTED,
  /** Another one becomes the master, without what it has had of the former in the last moment. */
  REPLICA_MASTER_LOST_WRITES,
  /**
   * A master of the source gives all its slots away; the engine is killed before or behind the
   * moment in which it may; the master gets them back before the last has gone, or joins once more.
   */
  SOURCE_DRAINED,
  SOURCE_DRAINED_KILLED,
  SOURCE_DRAINED_UNSEEN,
  SOURCE_DRAIN_GIVEN_UP,
  SOURCE_DRAINED_AND_BACK,
  /** A person begins with a full sync once more; and that engine is gone in its middle. */
  AFRESH,
  AFRESH_KILLED,
  /** The target, or a master of it, comes back as it was a moment ago. */
  SET_BACK,
  /** It does so in the middle of a full sync, or behind one as it was in its middle or before. */
  SET_BACK_IN_COPY,
  SET_BACK_INTO_COPY,
  /** The engine is gone, again and again, while that happens. */
  SET_BACK_KILLED,
  /** The engine is gone again and again, in a full sync too. */
  KILLED_OFTEN,
  KILLED_OFTEN_IN_COPY,
  /** A master of the target hands over in the middle of a full sync; or dies with the last. */
  FAILED_OVER_IN_COPY,
  LOST_WRITES_IN_COPY,
  /** The source comes back without the last; and so does the target, at the same time. */
  SOURCE_SET_BACK,
  BOTH_SET_BACK;

  private static final List<Trouble> COMEBACKS =
      List.copyOf(EnumSet.range(SET_BACK, KILLED_OFTEN_IN_COPY));

  private static final List<Trouble> OF_SERVERS =
      List.copyOf(EnumSet.range(CUT_SOURCE, FREEZE_BUSY));

  /** Nothing goes plain to a cluster; a master is not made a replica by a word. */
  private static final List<Trouble> OF_CLUSTERS =
      List.copyOf(
          without(
              EnumSet.range(CUT_SOURCE, KILL_UNFETCHED),
              READ_ONLY_TARGET,
              REFUSES_UNSEEN,
              FREEZE_BUSY));

  private static final List<Trouble> OF_SOURCE_CLUSTERS =
      List.copyOf(EnumSet.range(SOURCE_FROZEN, SOURCE_MOVED_AND_BACK));

  private static final List<Trouble> OF_REPLICAS =
      List.copyOf(EnumSet.range(REPLICA_CUT, REPLICA_MASTER_LOST_WRITES));

  /** One that takes long is rare. */
  private static final List<Trouble> DRAINS =
      List.of(
          SOURCE_DRAINED,
          SOURCE_DRAINED,
          SOURCE_DRAINED_KILLED,
          SOURCE_DRAINED_KILLED,
          SOURCE_DRAINED_UNSEEN,
          SOURCE_DRAINED_UNSEEN,
          SOURCE_DRAINED_UNSEEN,
          SOURCE_DRAIN_GIVEN_UP,
          SOURCE_DRAIN_GIVEN_UP,
          SOURCE_DRAINED_AND_BACK);

  /** There is nobody there to hand over to. */
  private static final List<Trouble> OF_DRAINED_CLUSTERS =
      List.of(SOURCE_FROZEN, SOURCE_MOVED_SLOTS, SOURCE_MOVED_UNSEEN, SOURCE_MOVED_AND_BACK);

  /**
   * What comes back without what it had: the target, the source where it can, the engine; of these
   * one alone where {@code cachesync.trouble} names it.
   */
  private static List<Trouble> comebacks(Workload workload) {
    String only = System.getProperty("cachesync.trouble");
    if (only != null) {
      return List.of(valueOf(only));
    }
    List<Trouble> some = new ArrayList<>(COMEBACKS);
    if (workload.target().isCluster()) {
      some.addAll(List.of(FAILED_OVER_IN_COPY, LOST_WRITES_IN_COPY));
    }
    if (workload.sourceComesBack()) {
      some.addAll(List.of(SOURCE_SET_BACK, BOTH_SET_BACK, BOTH_SET_BACK));
    }
    return some;
  }

  private static EnumSet<Trouble> without(EnumSet<Trouble> all, Trouble... some) {
    all.removeAll(List.of(some));
    return all;
  }

  /**
   * One trouble of a plan.
   *
   * @param afterMillis after the end of the one before
   * @param size how long or how much, 0 to 1
   */
  record Step(long afterMillis, Trouble trouble, double size) {
    @Override
    public String toString() {
      return "%d ms %s %.2f".formatted(afterMillis, trouble, size);
    }

    /** One of so many. */
    int oneOf(int many) {
      return (int) (size * 1000) % many;
    }

    long millis(long least, long most) {
      return least + (long) (size * (most - least));
    }
  }

  /** Some plans begin in the full sync, or before it. */
  static List<Step> plan(Workload workload, SplittableRandom random) {
    List<Trouble> possible =
        switch (workload.target()) {
          case SERVER, FILTERED -> OF_SERVERS;
          case CLUSTER, FILTERED_CLUSTER -> OF_CLUSTERS;
        };
    List<Step> plan = new ArrayList<>();
    boolean early = random.nextInt(3) == 0;
    for (int i = 0; i < workload.troubles(); i++) {
      long after = i == 0 && early ? random.nextLong(250) : 100 + random.nextLong(500);
      List<Trouble> ofSource = ofSource(workload.origin());
      boolean isOfSource = !ofSource.isEmpty() && random.nextBoolean();
      List<Trouble> some = isOfSource ? ofSource : possible;
      plan.add(new Step(after, some.get(random.nextInt(some.size())), random.nextDouble()));
    }
    if (workload.origin() == Workload.Origin.DRAINED) {
      Trouble how = drains().get(random.nextInt(drains().size()));
      Step step = plan.remove(random.nextInt(plan.size()));
      Step drain = new Step(step.afterMillis(), how, step.size());
      if (how != SOURCE_DRAINED && how != SOURCE_DRAIN_GIVEN_UP) {
        // All links begin again more than once: it takes as long as two.
        return List.of(drain);
      }
      plan.add(random.nextInt(plan.size() + 1), drain);
    }
    return plan;
  }

  private static List<Trouble> ofSource(Workload.Origin origin) {
    String only = System.getProperty("cachesync.trouble");
    return switch (origin) {
      case SERVER, SERVERS -> List.of();
      case CLUSTER -> OF_SOURCE_CLUSTERS;
      case DRAINED -> OF_DRAINED_CLUSTERS;
      case REPLICA -> only == null ? OF_REPLICAS : List.of(valueOf(only));
    };
  }

  /** All, or the one that {@code cachesync.trouble} names. */
  private static List<Trouble> drains() {
    String only = System.getProperty("cachesync.trouble");
    return only == null ? DRAINS : List.of(valueOf(only));
  }

  /** The same, but every other one is a full sync over what there is. */
  static List<Step> afresh(List<Step> plan) {
    List<Step> some = new ArrayList<>();
    for (Step step : plan) {
      Trouble begin = step.oneOf(2) == 0 ? AFRESH : AFRESH_KILLED;
      boolean other = some.size() % 2 == 0;
      some.add(other ? new Step(step.afterMillis(), begin, step.size()) : step);
    }
    return some;
  }

  /** The same, but every other one is something that comes back without what it had. */
  static List<Step> comebacks(List<Step> plan, Workload workload) {
    List<Trouble> possible = comebacks(workload);
    List<Step> some = new ArrayList<>();
    for (Step step : plan) {
      boolean other = some.size() % 2 == 0;
      Trouble trouble = possible.get((int) (step.size() * 1_000_000) % possible.size());
      some.add(other ? new Step(step.afterMillis(), trouble, step.size()) : step);
    }
    return some;
  }
}
