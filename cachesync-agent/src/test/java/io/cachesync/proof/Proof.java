package io.cachesync.proof;

import io.cachesync.agent.checkpoint.Exactness;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/** Many seeds, some at once, each thread with servers of its own. */
final class Proof {
  /**
   * What came of it.
   *
   * @param lost one message for each seed that was lost, with its number
   */
  record Result(int seeds, Map<Long, Lost> lost, long millis) {}

  private final long first;
  private final int count;
  private final int threads;
  private Exactness rules = Brisk.ALL;
  private BiFunction<Long, Workload, Workload> adapt = (seed, workload) -> workload;
  private boolean untilDiverged;
  private Seed.Kind kind = Seed.Kind.PLAIN;
  private boolean amongOthers;

  Proof(long first, int count, int threads) {
    this.first = first;
    this.count = count;
    this.threads = threads;
  }

  Proof with(Exactness newRules) {
    rules = newRules;
    return this;
  }

  /** Of what was asked for before, whichever it was. */
  Proof adapted(UnaryOperator<Workload> newAdapt) {
    return adapted((seed, workload) -> newAdapt.apply(workload));
  }

  private Proof adapted(BiFunction<Long, Workload, Workload> newAdapt) {
    BiFunction<Long, Workload, Workload> before = adapt;
    adapt = (seed, workload) -> newAdapt.apply(seed, before.apply(seed, workload));
    return this;
  }

  /** Seeds whose jobs have several links: every other one reads from a cluster. */
  Proof withSeveralLinks() {
    return adapted((seed, workload) -> workload.withSeveralLinks(seed));
  }

  Proof fromClusters() {
    return adapted((seed, workload) -> workload.withSeveralLinks(2 * seed + 1));
  }

  /** From one version to another. */
  Proof acrossVersions() {
    return adapted((seed, workload) -> workload.across(seed));
  }

  /** From clusters, one master of which gives all its slots away. */
  Proof fromDrainedClusters() {
    return adapted((seed, workload) -> workload.withDrainedNode(seed));
  }

  Proof fromSeveralServers() {
    return adapted((seed, workload) -> workload.withSeveralLinks(2 * seed));
  }

  /** Their links read from a replica. */
  Proof fromReplicas() {
    return adapted(Workload::fromReplica);
  }

  /** Every other trouble is a full sync over what there is. */
  Proof startingAfresh() {
    kind = Seed.Kind.AFRESH;
    return this;
  }

  /** Every other trouble is something that comes back without what it had. */
  Proof withComebacks() {
    kind = Seed.Kind.COMEBACKS;
    return this;
  }

  /** The target of a cluster has keys of its own in the slots that are written to. */
  Proof amongOthers() {
    amongOthers = true;
    return this;
  }

  /** Ends at the first seed in which both sides differ. */
  Proof untilDiverged() {
    untilDiverged = true;
    return this;
  }

  Result run() {
    long started = System.currentTimeMillis();
    AtomicLong next = new AtomicLong(first);
    AtomicBoolean enough = new AtomicBoolean();
    Map<Long, Lost> lost = new java.util.concurrent.ConcurrentSkipListMap<>();
    AtomicLong tried = new AtomicLong();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<CompletableFuture<Void>> work = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        work.add(
            CompletableFuture.runAsync(
                () -> {
                  try (Pairs pairs = new Pairs()) {
                    for (long seed = next.getAndIncrement();
                        seed < first + count && !enough.get();
                        seed = next.getAndIncrement()) {
                      tryOne(seed, pairs, lost);
                      tried.incrementAndGet();
                      if (untilDiverged && hasDiverged(lost)) {
                        enough.set(true);
                      }
                    }
                  }
                },
                pool));
      }
      work.forEach(CompletableFuture::join);
    } finally {
      pool.shutdown();
    }
    return new Result((int) tried.get(), lost, System.currentTimeMillis() - started);
  }

  private static boolean hasDiverged(Map<Long, Lost> lost) {
    return lost.values().stream().anyMatch(each -> each.how() == Lost.How.DIVERGED);
  }

  /** What a seed does. */
  Workload workload(long number, boolean jar) {
    return adapt.apply(number, Workload.of(number, jar));
  }

  private void tryOne(long number, Pairs pairs, Map<Long, Lost> lost) {
    boolean jar = rules == Brisk.ALL && System.getProperty("cachesync.agent.jar") != null;
    Workload workload = workload(number, jar);
    boolean others = amongOthers || workload.isAmongOthers(number);
    Seed seed = new Seed(number, workload, pairs.of(workload.pair()), rules, kind, others);
    long started = System.currentTimeMillis();
    try {
      seed.run();
      System.out.printf("%s equal after %d ms%n", seed, System.currentTimeMillis() - started);
    } catch (Lost e) {
      lost.put(number, e);
      System.out.printf("LOST (%s) %s%n", e.how(), e.getMessage());
      // Servers that something may still be under way to are not used again.
      pairs.forget(workload.pair());
    }
  }

  /** The servers of one thread, started when first needed. */
  private static final class Pairs implements AutoCloseable {
    private final Map<Pair.Kind, Pair> pairs = new HashMap<>();

    Pair of(Pair.Kind kind) {
      return pairs.computeIfAbsent(kind, Pair::new);
    }

    void forget(Pair.Kind kind) {
      Pair pair = pairs.remove(kind);
      if (pair != null) {
        pair.close();
      }
    }

    @Override
    public void close() {
      pairs.values().forEach(Pair::close);
    }
  }
}
