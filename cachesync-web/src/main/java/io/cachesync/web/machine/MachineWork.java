package io.cachesync.web.machine;

import io.cachesync.contract.LogLevel;
import io.cachesync.web.security.SystemActor;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.system.Refusal;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Does work of several steps on a machine, and shows each as it goes. */
@Component
public class MachineWork {
  private static final Logger LOG = LoggerFactory.getLogger(MachineWork.class);
  private static final int THREADS = 8;

  private final MachineStepMapper steps;
  private final MachineLog log;
  private final Clock clock;
  private final Set<Long> busy = ConcurrentHashMap.newKeySet();
  private final ExecutorService pool =
      Executors.newFixedThreadPool(
          THREADS,
          work -> {
            Thread thread = new Thread(work, "machine-work");
            thread.setDaemon(true);
            return thread;
          });

  MachineWork(MachineStepMapper steps, MachineLog log, Clock clock) {
    this.steps = steps;
    this.log = log;
    this.clock = clock;
  }

  /** One step's outcome. */
  public record Outcome(MachineStep.State state, Sentence sentence) {
    public static Outcome pass(String key, Object... arguments) {
      return new Outcome(MachineStep.State.PASS, Sentence.of(key, arguments));
    }

    public static Outcome warn(String key, Object... arguments) {
      return new Outcome(MachineStep.State.WARN, Sentence.of(key, arguments));
    }

    public static Outcome fail(String key, Object... arguments) {
      return new Outcome(MachineStep.State.FAIL, Sentence.of(key, arguments));
    }
  }

  /** Starts the work and returns. Refused while other work goes on there. */
  public void start(Machine machine, String work, Consumer<Steps> body) {
    claim(machine);
    steps.delete(machine.id());
    try {
      pool.execute(() -> SystemActor.run(() -> perform(machine, work, body)));
    } catch (RuntimeException e) {
      busy.remove(machine.id());
      throw e;
    }
  }

  /** Does the work and answers its steps. Refused while other work goes on there. */
  public List<MachineStep> run(Machine machine, String work, Consumer<Steps> body) {
    claim(machine);
    steps.delete(machine.id());
    perform(machine, work, body);
    return steps.of(machine.id());
  }

  List<MachineStep> stepsOf(long machineId) {
    return steps.of(machineId);
  }

  boolean busy(long machineId) {
    return busy.contains(machineId);
  }

  /** Forgets what former work found; work that goes on now keeps its steps. */
  void forget(long machineId) {
    if (!busy(machineId)) {
      steps.delete(machineId);
    }
  }

  void delete(long machineId) {
    steps.delete(machineId);
  }

  @PreDestroy
  void close() {
    pool.shutdownNow();
  }

  private void claim(Machine machine) {
    if (!busy.add(machine.id())) {
      throw Refusal.conflict("machine.refused.busy", machine.name());
    }
  }

  private void perform(Machine machine, String work, Consumer<Steps> body) {
    Instant begun = clock.instant();
    Steps running = new Steps(machine.id(), work);
    try {
      body.accept(running);
      log.add(machine.id(), LogLevel.INFO, Sentence.of("machine.log." + work + ".done"));
    } catch (StepFailed failed) {
      tell(machine, begun, failed.sentence);
    } finally {
      busy.remove(machine.id());
    }
  }

  /** A fault that began with this work is in the log already, by the connection that met it. */
  private void tell(Machine machine, Instant begun, Sentence sentence) {
    boolean told =
        log.newest(machine.id(), 1).stream()
            .filter(line -> !line.at().isBefore(begun.truncatedTo(ChronoUnit.MILLIS)))
            .map(line -> new Sentence(line.messageKey(), line.arguments()))
            .anyMatch(sentence::equals);
    if (!told) {
      log.add(machine.id(), LogLevel.WARN, sentence);
    }
  }

  /** The steps of one piece of work, one after the other; the first that fails ends it. */
  public final class Steps {
    private final long machineId;
    private final String work;
    private int position;

    private Steps(long machineId, String work) {
      this.machineId = machineId;
      this.work = work;
    }

    /**
     * Does one step.
     *
     * @param name in capitals; the page shows {@code machine.step.<name>}
     */
    public void step(String name, Supplier<Outcome> body) {
      position++;
      write(name, MachineStep.State.RUNNING, new Sentence(null, null), true);
      Outcome outcome;
      try {
        outcome = body.get();
      } catch (SshFault fault) {
        outcome =
            new Outcome(
                MachineStep.State.FAIL,
                new Sentence(fault.messageKey(), Sentence.lines(fault.arguments())));
      } catch (RuntimeException e) {
        LOG.error("step {} on machine {} failed", name, machineId, e);
        outcome = Outcome.fail("machine.step.broken");
      }
      write(name, outcome.state(), outcome.sentence(), false);
      if (outcome.state() == MachineStep.State.FAIL) {
        throw new StepFailed(outcome.sentence());
      }
    }

    private void write(String name, MachineStep.State state, Sentence sentence, boolean first) {
      MachineStep step =
          new MachineStep(
              machineId,
              position,
              work,
              name,
              state,
              sentence.key(),
              sentence.arguments(),
              clock.instant());
      if (first) {
        steps.insert(step);
      } else {
        steps.update(step);
      }
    }
  }

  /** Ends the work at the step that failed, which has been written down. */
  private static final class StepFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Sentence sentence;

    StepFailed(Sentence sentence) {
      super(sentence.key(), null, false, false);
      this.sentence = sentence;
    }
  }
}
