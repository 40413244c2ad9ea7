package io.cachesync.proof;

import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.contract.SyncSpec;
import io.cachesync.testkit.Folders;
import io.cachesync.testkit.TestConsole;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** The engines of one seed, one after the other; two at once where the first stands still. */
final class Engines implements AutoCloseable {
  /**
   * Longer than a claim is kept from whoever comes next by one that was killed while it was made.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  /** What a person has to begin afresh behind. */
  private static final Set<FaultCode> BEGUN_AFRESH =
      EnumSet.of(FaultCode.FLUSH_REFUSED, FaultCode.BACKLOG_OVERRUN, FaultCode.SOURCE_REPLACED);

  private final Wires wires;
  private final boolean process;
  private final SyncSpec job;
  private final SyncSpec afresh;
  private final Exactness rules;
  private final List<Path> folders = new ArrayList<>();
  private final List<Engine> all = new ArrayList<>();
  private final Set<FaultCode> excused = EnumSet.noneOf(FaultCode.class);
  private final TestConsole console;
  private Path folder;
  private Engine current;
  private String wrongEnd = "";

  Engines(Wires wires, Pair pair, boolean process, Exactness rules, Job of) {
    this.wires = wires;
    this.process = process;
    this.job = of.spec(wires, pair, false);
    this.afresh = of.spec(wires, pair, true);
    this.rules = rules;
    this.console = process ? new TestConsole() : null;
    if (pair.source() instanceof ReplicaSource replica && replica.mayHideItsCopies()) {
      excuse(FaultCode.BACKLOG_OVERRUN);
    }
    loseFolder();
  }

  Engine current() {
    return current;
  }

  Engine start() {
    return start(job);
  }

  /** Forgets what was done; what swaps databases meanwhile is a reason to do so once more. */
  Engine startAfresh() {
    excuse(FaultCode.FLUSH_REFUSED);
    return start(afresh);
  }

  private Engine start(SyncSpec spec) {
    current =
        process
            ? new ProcessEngine(spec, folder, console, all.size() + 1)
            : new LinkEngine(wires, spec, folder, rules);
    all.add(current);
    return current;
  }

  /** The next start is on a host that knows nothing. */
  void loseFolder() {
    folder = Folders.create("proof");
    folders.add(folder);
  }

  /** An end by this fault is what should happen from now on; the engine is then started again. */
  void excuse(FaultCode code) {
    excused.add(code);
  }

  /** Waits for something, and starts the engine again where it has ended with an excuse. */
  void await(String wanted, BooleanSupplier condition) {
    boolean came =
        Pause.until(
            PATIENCE,
            () -> {
              startAgain();
              return condition.getAsBoolean();
            });
    if (!came) {
      throw new Lost(
          Lost.How.STUCK, "not " + wanted + " in phase " + current.phase() + linkThreads());
    }
  }

  /** Waits until everything that the source holds now is applied. */
  void awaitApplied(Pair pair) {
    Map<String, Long> offsets = pair.sourceOffsets(wires);
    await(
        "applied up to " + offsets,
        () ->
            current.phase() == Phase.INCREMENTAL
                // A source that nobody has read from yet gets its history by being asked for it.
                && current.follows(pair.sourceHistories(wires))
                && current.hasApplied(offsets)
                && pair.hasArrived());
  }

  /** Waits for an end that is expected. */
  Engine.End awaitEnd() {
    Engine ending = current;
    if (!Pause.until(PATIENCE, () -> ending.end().isPresent())) {
      throw new Lost(Lost.How.DIVERGED, "no end in phase " + ending.phase());
    }
    return ending.end().orElseThrow();
  }

  /** Waits until the engine that was told to finish has done so. */
  void awaitDone() {
    Engine finishing = current;
    boolean ended = Pause.until(PATIENCE, () -> finishing.end().isPresent());
    if (!ended) {
      throw new Lost(Lost.How.STUCK, "not done but in phase " + finishing.phase());
    }
    Engine.End end = finishing.end().orElseThrow();
    if (end.phase() != Phase.DONE) {
      throw new Lost(Lost.How.STOPPED, "finishing: " + end.phase() + " " + end.fault());
    }
  }

  /** Starts again what has ended with an excuse. */
  void startAgain() {
    current.end().ifPresent(this::startAgain);
  }

  private void startAgain(Engine.End end) {
    if (end.fault() == null || !excused.contains(end.fault().code())) {
      throw new Lost(Lost.How.STOPPED, end.phase() + " " + end.fault());
    }
    if (BEGUN_AFRESH.contains(end.fault().code())) {
      startAfresh();
    } else {
      start();
    }
  }

  /** Waits until a former engine has noticed that another one has taken over. */
  void awaitFenced(Engine former) {
    if (!Pause.until(PATIENCE, () -> former.end().isPresent())) {
      wrongEnd = "the engine that stood still does not end";
      return;
    }
    Fault fault = former.end().orElseThrow().fault();
    boolean fenced = fault != null && fault.code() == FaultCode.FENCED;
    // One that stood still before it held the target meets what else is done to it first.
    boolean excuses = fault != null && excused.contains(fault.code());
    if (!fenced && !excuses) {
      wrongEnd = "the engine that stood still ended with " + fault;
    }
  }

  /** What was wrong with an end, though it need not have done harm; empty for nothing. */
  String wrongEnd() {
    return wrongEnd;
  }

  private static String linkThreads() {
    StringBuilder text = new StringBuilder();
    Thread.getAllStackTraces()
        .forEach(
            (thread, frames) -> {
              if (thread.getName().startsWith("link-") || thread.getName().equals("receiver")) {
                text.append('\n').append(thread.getName());
                for (StackTraceElement frame : frames) {
                  text.append("\n  ").append(frame);
                }
              }
            });
    return text.toString();
  }

  String said() {
    StringBuilder said = new StringBuilder();
    for (int i = 0; i < all.size(); i++) {
      said.append("engine ").append(i + 1).append('\n').append(all.get(i).said()).append('\n');
    }
    return said.toString();
  }

  @Override
  public void close() {
    wires.restore();
    all.forEach(Engine::close);
    if (console != null) {
      console.close();
    }
    folders.forEach(Folders::delete);
  }
}
