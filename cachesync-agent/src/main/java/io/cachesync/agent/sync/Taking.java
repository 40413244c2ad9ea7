package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.TargetState;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.writer.TargetWriter;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.Phase;
import io.cachesync.contract.SyncSpec;
import java.io.IOException;
import java.util.Set;

/** A link's hold on its target, taken at first and again after each loss. */
final class Taking {
  private final SyncSpec sync;
  private final Siblings siblings;
  private final TargetKind kind;
  private final RedisClient client;
  private final TargetWriter writer;
  private final LinkState state;
  private final boolean acceptNotEmpty;
  private boolean taken;
  private boolean unanswered;
  private boolean imports;

  /**
   * @param acceptNotEmpty whether a target with keys that are not the task's is taken; what a start
   *     finds that must resume is looked at later, and is no reason to refuse it
   */
  Taking(
      SyncSpec sync,
      Siblings siblings,
      TargetKind kind,
      RedisClient client,
      TargetWriter writer,
      LinkState state,
      boolean acceptNotEmpty) {
    this.sync = sync;
    this.siblings = siblings;
    this.kind = kind;
    this.client = client;
    this.writer = writer;
    this.state = state;
    this.acceptNotEmpty = acceptNotEmpty;
  }

  /** Whether this link has ever held its target. */
  boolean isTaken() {
    return taken;
  }

  /**
   * Whether the last transaction at the target is one whose end was not seen; asked, it is said no
   * more.
   */
  boolean takeUnanswered() {
    boolean was = unanswered;
    unanswered = false;
    return was;
  }

  /**
   * Takes the target, so that nobody else writes there for this link.
   *
   * @param sourceRunId of the source, empty where it is not told
   */
  void run(String sourceRunId) throws IOException, InterruptedException {
    if (!state.isRefused()) {
      state.phase(Phase.CONNECTING);
    }
    if (taken) {
      again();
      tellImportMode();
      return;
    }
    if (!sourceRunId.isEmpty()) {
      refuseSource(kind.runIds(client), sourceRunId);
    }
    TargetState store = writer.store();
    siblings.elsewhere().awaitClaim(store.keys().link(), state.control());
    siblings.claim().lock();
    try {
      writer.takeOver(acceptNotEmpty, sync.afresh());
    } finally {
      siblings.claim().unlock();
    }
    taken = true;
    unanswered = true;
    state.log(
        LogLevel.INFO,
        "target taken with epoch %d, %d connections of former writers ended"
            .formatted(store.epoch().number(), store.endedWriters()));
    tellImportMode();
  }

  private void tellImportMode() {
    if (writer.imports() != imports) {
      imports = !imports;
      state.log(
          imports ? LogLevel.INFO : LogLevel.WARN,
          imports
              ? "the target is in import-mode: no key ends there before the source says so"
              : "the target is not in import-mode any more, or not all of it: what ends there too"
                  + " early is fetched again");
    }
  }

  private void again() throws IOException {
    TargetWriter.Standing standing = writer.reconnect();
    unanswered |= standing != TargetWriter.Standing.AS_LEFT;
    if (standing == TargetWriter.Standing.SET_BACK) {
      long stands = writer.store().checkpoint().orElseThrow().offset();
      state.log(
          LogLevel.WARN,
          "the target has lost what it had acknowledged: it stands at offset %d, we had it at %d;"
                  .formatted(stands, state.appliedOffset())
              + " the stream is applied again from there");
    } else if (standing == TargetWriter.Standing.COPY_LOST) {
      state.log(
          LogLevel.WARN,
          "the target has lost what it had acknowledged: it stands before the end of its full sync,"
              + " we had it at %d; everything is copied again".formatted(state.appliedOffset()));
    }
  }

  /**
   * @param target the run ids of all its servers
   * @throws RedisException SOURCE_IS_TARGET where the source is one of them
   */
  static void refuseSource(Set<String> target, String runId) throws RedisException {
    if (target.contains(runId)) {
      throw new RedisException(
          Fault.fatal(
              FaultCode.SOURCE_IS_TARGET,
              "source and target are the same server, or the source is a node of the target"));
    }
  }
}
