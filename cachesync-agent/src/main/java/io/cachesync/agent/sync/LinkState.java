package io.cachesync.agent.sync;

import io.cachesync.agent.entry.KeyTouches;
import io.cachesync.agent.source.MasterLink;
import io.cachesync.agent.source.OffsetListener;
import io.cachesync.contract.Fault;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.Phase;
import java.util.concurrent.atomic.AtomicInteger;

/** What the threads of a link share: where it stands, what it measures, what is wanted of it. */
final class LinkState implements OffsetListener {
  private final LinkListener listener;
  private final Control control;
  private final KeyTouches touches;
  private final LagMeter lag = new LagMeter();
  private final BatchAge age = new BatchAge();
  private final Speed speed = new Speed();
  private final Tally tally = new Tally();
  private final Repairs repairs = new Repairs();
  private final MasterLink masterLink;
  private volatile Phase phase = Phase.CONNECTING;
  private volatile Fault fault;
  private volatile long appliedOffset = -1;
  private volatile long retries;
  private volatile long heldUpTo = -1;
  private volatile boolean refused;
  private final AtomicInteger streamPort = new AtomicInteger();

  LinkState(LinkListener listener, Control control) {
    this(listener, control, null, new MasterLink());
  }

  /**
   * @param touches where the keys are told that the stream touches, or null for nowhere
   * @param masterLink what former starts have come to know of a source that is a replica
   */
  LinkState(LinkListener listener, Control control, KeyTouches touches, MasterLink masterLink) {
    this.masterLink = masterLink;
    this.listener = listener;
    this.control = control;
    this.touches = touches;
  }

  /** Null where nobody may follow. */
  KeyTouches touches() {
    return touches;
  }

  Control control() {
    return control;
  }

  LagMeter lag() {
    return lag;
  }

  BatchAge age() {
    return age;
  }

  @Override
  public void sampled(long millis, String replId, long offset, boolean streamed) {
    lag.sampled(millis, replId, offset, streamed);
  }

  @Override
  public void executed(long sinceMillis, long byMillis, String replId, long offset) {
    age.sampled(sinceMillis, byMillis, replId, offset);
  }

  /** What is received from here on is of this history. */
  void follows(String replId) {
    lag.follows(replId);
    age.follows(replId);
  }

  /** The same with a full sync. */
  void beginsWith(String replId) {
    lag.beginsWith(replId);
    age.follows(replId);
  }

  /** Where the stream that is followed comes to, as the source was told; 0 while there is none. */
  int streamPort() {
    return streamPort.get();
  }

  void streamsTo(int port) {
    streamPort.set(port);
  }

  /** Another one may have begun before this one was given up. */
  void streamEnds(int port) {
    streamPort.compareAndSet(port, 0);
  }

  Speed speed() {
    return speed;
  }

  Tally tally() {
    return tally;
  }

  Repairs repairs() {
    return repairs;
  }

  /** What is known of a source below 4.0 that is a replica. */
  MasterLink masterLink() {
    return masterLink;
  }

  Phase phase() {
    return phase;
  }

  /** Why the phase is what it is, or null. */
  Fault fault() {
    return fault;
  }

  void phase(Phase next) {
    phase(next, null);
  }

  void phase(Phase next, Fault why) {
    if (phase != next || why != null) {
      fault = why;
      phase = next;
      listener.phaseChanged(next, why);
    }
  }

  void log(LogLevel level, String text) {
    listener.log(level, text);
  }

  /**
   * Whether the target refused what was to be written last. Whether it takes it by now shows when a
   * transaction has been acknowledged, and until then the link is trying again.
   */
  boolean isRefused() {
    return refused;
  }

  void refused(boolean now) {
    refused = now;
  }

  long appliedOffset() {
    return appliedOffset;
  }

  void applied(long offset) {
    appliedOffset = offset;
    lag.applied(offset);
    if (touches != null) {
      touches.applied(offset);
    }
  }

  /** The highest offset of which the target may hold something, which may not be received yet. */
  long heldUpTo() {
    return heldUpTo;
  }

  void holdsUpTo(long offset) {
    heldUpTo = offset;
  }

  long retries() {
    return retries;
  }

  synchronized void retried() {
    retries++;
  }

  /**
   * It cannot go on for now, and is tried again: told in one line.
   *
   * @param millis until then
   */
  void retries(Fault why, long millis) {
    retried();
    log(
        LogLevel.WARN,
        "%s: %s; trying again in %d ms".formatted(why.code(), why.message(), millis));
    phase(Phase.RETRYING, why);
  }
}
