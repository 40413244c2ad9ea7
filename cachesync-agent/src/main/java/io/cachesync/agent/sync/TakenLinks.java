package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.NodeState;
import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** All that a job's links have at a target, taken from whoever wrote there. */
final class TakenLinks implements AutoCloseable {
  private final List<TakenTarget> links;

  private TakenLinks(List<TakenTarget> links) {
    this.links = links;
  }

  /**
   * Takes over every link that has left something; nothing where the task has claimed nothing.
   *
   * @param moved as {@link TargetKind#takeClaimed}
   */
  static TakenLinks take(
      TargetKind kind, RedisClient client, OwnKeys job, String moved, String incarnation)
      throws RedisException {
    TakenLinks taken = new TakenLinks(new ArrayList<>());
    try {
      Set<Integer> found = kind.links(client, job).keySet();
      // A claim without a link is what a removal leaves that was cut at its end.
      for (int link : found.isEmpty() ? Set.of(0) : found) {
        kind.takeClaimed(client, job.ofLink(link), moved, incarnation).ifPresent(taken.links::add);
      }
      return taken;
    } catch (RedisException | RuntimeException e) {
      taken.close();
      throw e;
    }
  }

  /**
   * Removes the links of a former start that there are no more, which had these numbers or higher
   * ones.
   *
   * @return their numbers
   */
  static List<Integer> retire(
      TargetKind kind, RedisClient client, OwnKeys job, int from, String incarnation)
      throws RedisException {
    List<Integer> former =
        kind.links(client, job).keySet().stream().filter(link -> link >= from).toList();
    retire(kind, client, job, former, incarnation);
    return former;
  }

  /** Removes what these links have at the target, taken from whoever writes there. */
  static void retire(
      TargetKind kind,
      RedisClient client,
      OwnKeys job,
      Collection<Integer> links,
      String incarnation)
      throws RedisException {
    for (int link : links) {
      Optional<TakenTarget> found =
          kind.takeClaimed(client, job.ofLink(link), NodeState.NOTHING_MORE, incarnation);
      if (found.isPresent()) {
        try (TakenTarget taken = found.get()) {
          taken.remove();
        }
      }
    }
  }

  boolean isNothing() {
    return links.isEmpty();
  }

  int endedWriters() {
    return links.stream().mapToInt(link -> link.state().endedWriters()).sum();
  }

  /** Removes what there is of each; the task's claim goes with the last. */
  int remove() throws RedisException {
    int removed = 0;
    for (TakenTarget link : links) {
      removed += link.remove();
    }
    return removed;
  }

  @Override
  public void close() {
    links.forEach(TakenTarget::close);
  }

  @Override
  public String toString() {
    return String.join(
        ", ",
        links.stream()
            .map(link -> link + " taken with epoch " + link.state().epoch().number())
            .toList());
  }
}
