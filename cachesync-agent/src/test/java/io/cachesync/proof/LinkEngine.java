package io.cachesync.proof;

import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.sync.Link;
import io.cachesync.agent.sync.LinkListener;
import io.cachesync.agent.sync.LinkOutcome;
import io.cachesync.agent.sync.LinkSpec;
import io.cachesync.agent.sync.LinkWith;
import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.Phase;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.SyncSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** A link in this JVM: many starts in a second. Killed by taking its connections away. */
final class LinkEngine implements Engine {
  private static final AtomicLong STARTS = new AtomicLong();

  private final Wires wires;
  private final Link link;
  private final Queue<String> said = new ConcurrentLinkedQueue<>();

  LinkEngine(Wires wires, SyncSpec job, Path folder, Exactness rules) {
    this.wires = wires;
    LinkListener listener =
        new LinkListener() {
          @Override
          public void log(LogLevel level, String text) {
            say(level + " " + text);
          }

          @Override
          public void phaseChanged(Phase phase, Fault fault) {
            say("phase " + phase + (fault == null ? "" : " " + fault));
          }
        };
    LinkSpec spec =
        new LinkSpec(
            0,
            job,
            new JobSecrets("", "", ""),
            folder,
            "proof-" + STARTS.incrementAndGet(),
            StartMode.FRESH_ALLOWED);
    link = LinkWith.rules(rules, spec, listener);
    link.start();
  }

  private void say(String text) {
    said.add(System.currentTimeMillis() + " " + text);
  }

  @Override
  public void direct(Desired desired) {
    link.direct(desired, null);
  }

  @Override
  public Phase phase() {
    return link.status().phase();
  }

  @Override
  public long appliedOffset() {
    return link.status().appliedOffset();
  }

  @Override
  public boolean balanced() {
    return link.status().ledger().balanced();
  }

  @Override
  public List<DeadLetter> deadLetters() {
    return link.status().deadLetters();
  }

  @Override
  public Optional<End> end() {
    return link.outcome().map(outcome -> new End(outcome.phase(), outcome.fault()));
  }

  @Override
  public void kill() {
    wires.cutAndRefuse();
    link.direct(Desired.STOP, null);
    awaitEnd();
    wires.restore();
  }

  @Override
  public void freeze() {
    wires.freeze();
  }

  @Override
  public void thaw() {
    wires.thaw();
  }

  @Override
  public String said() {
    return String.join("\n", said);
  }

  @Override
  public void close() {
    if (link.outcome().isEmpty()) {
      kill();
    }
  }

  private LinkOutcome awaitEnd() {
    try {
      return link.awaitEnd();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
