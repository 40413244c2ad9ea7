package io.cachesync.agent.verify;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.CheckReport;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.RedisServer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A check that has run, with what it told. */
public record Checked(CheckReport report, List<CheckDifference> differences) {
  /** What is unlike the default. */
  public static final class Setup {
    RedisEndpoint source;
    RedisEndpoint target;
    List<RedisEndpoint> more = List.of();
    CheckMode mode = CheckMode.FULL;
    FilterSpec filter = FilterSpec.everything();
    int rounds = 2;
    double sample = 100;
    boolean bothDirections = true;
    long pauseMillis = 200;
    long ttlToleranceMillis;
    long bigElements;

    public Setup mode(CheckMode newMode) {
      mode = newMode;
      return this;
    }

    public Setup rounds(int newRounds, long newPauseMillis) {
      rounds = newRounds;
      pauseMillis = newPauseMillis;
      return this;
    }

    /** Together with the keys of these. */
    public Setup and(RedisServer... others) {
      more = Stream.of(others).map(Checked::endpoint).toList();
      return this;
    }

    Setup filter(FilterSpec newFilter) {
      filter = newFilter;
      return this;
    }

    Setup big(long newBigElements) {
      bigElements = newBigElements;
      return this;
    }

    Setup sample(double percent) {
      sample = percent;
      return this;
    }

    Setup ttlTolerance(Duration tolerance) {
      ttlToleranceMillis = tolerance.toMillis();
      return this;
    }

    Setup oneDirection() {
      bothDirections = false;
      return this;
    }

    public Checked run() {
      List<CheckDifference> told = Collections.synchronizedList(new ArrayList<>());
      CheckReport report =
          new Check(spec(), new JobSecrets("", "", ""), told::add, null, Clock.systemUTC(), 1)
              .run();
      return new Checked(report, List.copyOf(told));
    }

    CheckSpec spec() {
      CheckSpec one =
          CheckSpec.between(source, target)
              .mode(mode)
              .filter(filter)
              .rounds(rounds)
              .pauseMillis(pauseMillis)
              .samplePercent(sample)
              .bothDirections(bothDirections)
              .bigKeyElements(bigElements)
              .ttlToleranceMillis(ttlToleranceMillis)
              .build();
      return one.and(more);
    }
  }

  public static Setup between(RedisServer source, RedisServer target) {
    return between(endpoint(source), endpoint(target));
  }

  public static Setup between(RedisEndpoint source, RedisEndpoint target) {
    Setup setup = new Setup();
    setup.source = source;
    setup.target = target;
    return setup;
  }

  static RedisEndpoint endpoint(RedisServer server) {
    return new RedisEndpoint(Topology.STANDALONE, List.of(server.address()), "", null);
  }

  public boolean isDone() {
    return report.phase() == CheckPhase.DONE;
  }

  /** By database and key, what is unlike. */
  Map<String, Set<DifferenceKind>> kinds() {
    Map<String, Set<DifferenceKind>> kinds = new TreeMap<>();
    for (CheckDifference difference : differences) {
      kinds
          .computeIfAbsent(difference.database() + " " + difference.key(), key -> new TreeSet<>())
          .add(difference.kind());
    }
    return kinds;
  }
}
