package io.cachesync.proof;

import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.proof.Trouble.Step;
import io.cachesync.proof.Workload.Expiry;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One try: data, writes, an engine, troubles, and in the end both sides equal or not. The commands
 * and the troubles follow from the seed; how they meet does not, so a lost seed is run again a few
 * times.
 */
final class Seed {
  /** How far ahead the target's clock is, is measured on a machine that is busy. */
  private static final long EXACT_TIMES_MILLIS = 500;

  /** A time that is relative in the stream counts from when its bytes were received. */
  private static final long RELATIVE_TIMES_MILLIS = 5_000;

  private static final Set<Long> COLLISIONS = Set.of(6L, 12L);

  private final long number;
  private final Workload workload;
  private final Pair pair;
  private final Exactness rules;
  private final List<Step> plan;
  private final boolean amongOthers;
  private final boolean leavesOut;

  /** How a seed differs from one that only its number tells. */
  enum Kind {
    PLAIN,
    /** Every other trouble is a full sync over what there is. */
    AFRESH,
    /** Every other trouble is something that comes back without what it had. */
    COMEBACKS
  }

  /**
   * @param kind which troubles there are
   * @param amongOthers whether the target has keys of its own, which must stay
   */
  Seed(long number, Workload workload, Pair pair, Exactness rules, Kind kind, boolean amongOthers) {
    this.amongOthers = amongOthers;
    this.leavesOut = workload.leavesOut(number);
    this.number = number;
    this.workload = workload;
    this.pair = pair;
    this.rules = rules;
    List<Step> all = Trouble.plan(workload, new SplittableRandom(number));
    this.plan =
        switch (kind) {
          case PLAIN -> all;
          case AFRESH -> Trouble.afresh(all);
          case COMEBACKS -> Trouble.comebacks(all, workload);
        };
  }

  /**
   * Returns when both sides were equal.
   *
   * @throws Lost with everything that helps to explain it
   */
  void run() {
    pair.target().choose(number);
    pair.reset();
    try (Wires wires =
            Wires.between(pair.source().nodes(), pair.target().nodes(), workload.graceMillis());
        Engines engines =
            new Engines(
                wires,
                pair,
                workload.process(),
                rules,
                new Job(amongOthers ? ConflictPolicy.REPLACE : ConflictPolicy.REFUSE, leavesOut));
        SourceWriters writer = new SourceWriters(pair.source(), workload, number)) {
      try {
        writer.prepare();
        if (collides()) {
          collide(engines, writer);
          return;
        }
        if (amongOthers) {
          putOthers();
        }
        writer.start();
        if (Comebacks.areInCopy(plan.get(0))) {
          // The first copy is the one that it comes back in.
          Comebacks.slow(wires, plan.get(0));
        }
        engines.start();
        if (amongOthers || leavesOut) {
          // What a copy that is cut leaves there cannot be told from what was there before.
          engines.await("copied", () -> engines.current().phase() == Phase.INCREMENTAL);
        }
        makeTroubles(new Troubles(pair, wires, engines, writer, amongOthers || leavesOut), engines);
        wires.restore();
        writer.stop();
        compare(engines, writer);
      } catch (Lost e) {
        Optional<RuntimeException> failed = failureOf(writer);
        writer.history().dump(number, engines.said() + pair.replication());
        Lost lost =
            new Lost(
                e.how(),
                "%s\n%s\n%s%s%s"
                    .formatted(this, plan, e.getMessage(), pair.lastWords(), tail(engines)));
        failed.ifPresent(lost::addSuppressed);
        throw lost;
      }
    }
  }

  /** Stops it. What it had failed by must not hide how the seed was lost. */
  private static Optional<RuntimeException> failureOf(SourceWriters writer) {
    try {
      writer.stop();
      return Optional.empty();
    } catch (RuntimeException e) {
      return Optional.of(e);
    }
  }

  @Override
  public String toString() {
    return "seed " + number + " " + workload;
  }

  /** Some jobs of two servers have a key that both have, and must end by it. */
  private boolean collides() {
    return workload.origin() == Workload.Origin.SERVERS && COLLISIONS.contains(number % 16);
  }

  /** Killed before that, in its middle or behind it, it does so all the same. */
  private void collide(Engines engines, SourceWriters writer) {
    String[] words =
        number % 3 == 0 ? new String[] {"SET", "both", "x"} : new String[] {"RPUSH", "both", "x"};
    for (RedisServer node : pair.source().nodes()) {
      try (RespClient client = node.client()) {
        client.call(words);
      }
    }
    writer.start();
    engines.start();
    Pause.millis(number % 7 * 40);
    engines.current().kill();
    engines.start();
    Engine.End end = engines.awaitEnd();
    if (end.fault() == null || end.fault().code() != FaultCode.KEY_IN_TWO_SOURCES) {
      throw new Lost(Lost.How.DIVERGED, "a key that both sources have ended in " + end);
    }
  }

  private void makeTroubles(Troubles troubles, Engines engines) {
    long end = System.currentTimeMillis() + workload.writingMillis();
    for (Step step : plan) {
      Pause.millis(step.afterMillis());
      engines.startAgain();
      troubles.make(step);
    }
    Pause.millis(end - System.currentTimeMillis());
  }

  private void compare(Engines engines, SourceWriters writer) {
    engines.awaitApplied(pair);
    boolean fields = workload.fieldExpiry();
    List<RedisServer> masters = pair.source().masters();
    List<Times> sources =
        pair.source().read().stream()
            .map(read -> Times.read(List.of(read), workload.databases(), fields))
            .toList();
    Times target = Times.read(pair.target().masters(), workload.databasesAtTarget(), fields);
    List<String> wrongTimes = new ArrayList<>();
    for (int i = 0; i < masters.size(); i++) {
      Times source = sources.get(i);
      wrongTimes.addAll(
          source.compare(
              target,
              pair.target().naming(),
              workload.graceMillis(),
              workload.since(ServerVersion.V7_0) ? EXACT_TIMES_MILLIS : RELATIVE_TIMES_MILLIS));
      source.extend(masters.get(i));
    }
    if (workload.expiry() == Expiry.SHORT) {
      Differences.expireAtSource(pair, workload.databases());
    }
    finish(engines);
    List<String> differences = new ArrayList<>();
    if (amongOthers) {
      differences.addAll(takeOthers());
    }
    differences.addAll(Differences.between(pair));
    differences.addAll(wrongTimes);
    if (!differences.isEmpty()) {
      throw new Lost(Lost.How.DIVERGED, explained(differences, writer.history()));
    }
    if (!engines.wrongEnd().isEmpty()) {
      throw new Lost(Lost.How.STOPPED, engines.wrongEnd());
    }
  }

  /** Keys of nobody's source, in each slot that is written to. */
  private List<String> others() {
    List<String> names = new ArrayList<>();
    for (int writer = 0; writer < pair.source().writers(); writer++) {
      for (String tag : pair.source().tags(writer)) {
        names.add("other" + tag);
      }
    }
    return names;
  }

  private void putOthers() {
    for (String name : others()) {
      try (RespClient client = pair.target().owner(name).client()) {
        client.call("SET", name, "stays");
      }
    }
  }

  /** Takes them away and tells which are gone. */
  private List<String> takeOthers() {
    List<String> gone = new ArrayList<>();
    for (String name : others()) {
      try (RespClient client = pair.target().owner(name).client()) {
        if (client.number("DEL", name) != 1) {
          gone.add("db 0 key " + name + " is gone, and only the target had it");
        }
      }
    }
    return gone;
  }

  private void finish(Engines engines) {
    engines.awaitApplied(pair);
    Engine engine = engines.current();
    engine.direct(Desired.FINISH);
    engines.awaitDone();
    if (!engine.balanced()) {
      throw new Lost(Lost.How.STOPPED, "the ledger does not balance");
    }
    if (!engine.deadLetters().isEmpty()) {
      // Nothing that a seed does leaves a key that could not be fetched again.
      throw new Lost(Lost.How.STOPPED, "dead letters: " + engine.deadLetters());
    }
  }

  private static String explained(List<String> differences, SourceWriter.History history) {
    StringBuilder text = new StringBuilder();
    for (String difference : differences.subList(0, Math.min(8, differences.size()))) {
      text.append(difference).append('\n');
    }
    text.append(differences.size()).append(" differences, ").append(history.size());
    text.append(" commands\n");
    String first = differences.get(0);
    int key = first.indexOf(" key ");
    if (key > 0) {
      String name = first.substring(key + 5).split(" ", 2)[0];
      history.about(unprintable(name), 60).forEach(line -> text.append(line).append('\n'));
    }
    return text.toString();
  }

  /** The bytes that a printed key stands for. */
  private static String unprintable(String printed) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < printed.length(); i++) {
      if (printed.startsWith("\\x", i)) {
        text.append((char) Integer.parseInt(printed, i + 2, i + 4, 16));
        i += 3;
      } else {
        text.append(printed.charAt(i));
      }
    }
    return text.toString();
  }

  private static String tail(Engines engines) {
    String said = engines.said();
    return "\n" + said.substring(Math.max(0, said.length() - 6000));
  }
}
