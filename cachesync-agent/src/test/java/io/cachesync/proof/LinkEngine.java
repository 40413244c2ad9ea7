package io.cachesync.proof;

import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.sync.LinkGroup;
import io.cachesync.agent.sync.LinkListener;
import io.cachesync.agent.sync.LinkSpec;
import io.cachesync.agent.sync.LinkWith;
import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.Phase;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.SyncSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** The links of a job in this JVM: many starts in a second. Killed by taking connections away. */
final class LinkEngine implements Engine {
  private static final AtomicLong STARTS = new AtomicLong();

  private final Wires wires;
  private final LinkGroup links;
  private final Queue<String> said = new ConcurrentLinkedQueue<>();

  LinkEngine(Wires wires, SyncSpec job, Path folder, Exactness rules) {
    this.wires = wires;
    LinkSpec spec =
        new LinkSpec(
            0,
            job,
            new JobSecrets("", "", ""),
            folder,
            "proof-" + STARTS.incrementAndGet(),
            StartMode.FRESH_ALLOWED);
    links = LinkWith.rules(rules, spec, Listener::new);
    links.start();
  }

  private final class Listener implements LinkListener {
    private final int link;

    Listener(int link) {
      this.link = link;
    }

    @Override
    public void log(LogLevel level, String text) {
      say(link + " " + level + " " + text);
    }

    @Override
    public void phaseChanged(Phase phase, Fault fault) {
      say(link + " phase " + phase + (fault == null ? "" : " " + fault));
    }
  }

  private void say(String text) {
    said.add(System.currentTimeMillis() + " " + text);
  }

  @Override
  public void direct(Desired desired) {
    links.direct(desired, null);
  }

  @Override
  public Phase phase() {
    return links.phase();
  }

  @Override
  public boolean hasApplied(Map<String, Long> offsets) {
    return Engine.haveApplied(links.statuses(), offsets);
  }

  @Override
  public boolean follows(Map<String, String> replIds) {
    return Engine.follow(links.statuses(), replIds);
  }

  @Override
  public boolean balanced() {
    List<LinkStatus> all = links.statuses();
    return !all.isEmpty() && all.stream().allMatch(link -> link.ledger().balanced());
  }

  @Override
  public List<DeadLetter> deadLetters() {
    return links.statuses().stream().flatMap(link -> link.deadLetters().stream()).toList();
  }

  @Override
  public Optional<End> end() {
    return links.outcome().map(outcome -> new End(outcome.phase(), outcome.fault()));
  }

  @Override
  public void kill() {
    wires.cutAndRefuse();
    links.direct(Desired.STOP, null);
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
    if (links.outcome().isEmpty()) {
      kill();
    }
  }

  private void awaitEnd() {
    while (links.outcome().isEmpty()) {
      Pause.millis(1);
    }
  }
}
