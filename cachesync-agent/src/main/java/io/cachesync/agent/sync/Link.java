package io.cachesync.agent.sync;

import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Ledger;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One source node feeding the target: from the first connection to the end.
 *
 * <p>{@code start} once; every other method may be called at any time, by any thread, any number of
 * times.
 */
public final class Link {
  private final LinkSpec spec;
  private final LinkListener listener;
  private final Clock clock;
  private final CompletableFuture<LinkOutcome> end = new CompletableFuture<>();

  public Link(LinkSpec spec, LinkListener listener, Clock clock) {
    this.spec = spec;
    this.listener = listener;
    this.clock = clock;
  }

  public void start() {
    Fault fault = Fault.fatal(FaultCode.INTERNAL, "the pipeline is not assembled");
    listener.phaseChanged(Phase.FAILED, fault);
    end.complete(new LinkOutcome(Phase.FAILED, fault));
  }

  /**
   * What a person wants from now on, and the limits from now on. STOP ends the link within ten
   * seconds with its checkpoint kept.
   */
  public void direct(Desired desired, LimitSpec limits) {}

  public LinkStatus status() {
    return new LinkStatus(
        spec.number(),
        spec.sync().source().addresses().get(0),
        spec.sync().target().addresses().get(0),
        Phase.CONNECTING,
        -1,
        0,
        0,
        -1,
        0,
        "",
        -1,
        -1,
        -1,
        -1,
        -1,
        0,
        0,
        0,
        0,
        -1,
        false,
        clock.millis() < 0 ? 1 : 0,
        Ledger.EMPTY);
  }

  /** The epoch that this link holds at the target, -1 until taken. */
  public long epoch() {
    return -1;
  }

  /** How the link ended, empty while it runs. */
  public Optional<LinkOutcome> outcome() {
    return Optional.ofNullable(end.getNow(null));
  }

  /** Waits for the end, however long. */
  public LinkOutcome awaitEnd() throws InterruptedException {
    try {
      return end.get();
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
