package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.CopiedFrom;
import io.cachesync.agent.redis.MasterOfReplica;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Topology;

/**
 * Who sends a full sync that takes away what a former one has copied: only the source of that one
 * may, for of another one, or of one that came back empty, it would leave nothing of the only copy.
 * A replica that has copied its master anew knows nothing of what it went by before; its master
 * does.
 *
 * @param node where it was asked
 * @param replId what it goes by now
 * @param offset where it stands, or its snapshot begins
 * @param info what it says of itself, or null where it may not be asked
 * @param past what is known of the history that it goes by: what it says itself or, where it is a
 *     replica whose master can be asked and goes by the same, what that one says; or null
 */
record SourceLineage(String node, String replId, long offset, ServerInfo info, ServerInfo past) {

  /** Asks who announced a snapshot. */
  static SourceLineage of(Receiver.Snapshot announced, RedisClient client) throws RedisException {
    try (RedisConnection connection = client.connect()) {
      ServerInfo info = connection.info();
      return new SourceLineage(
          connection.toString(),
          announced.replId(),
          announced.offset(),
          info,
          past(info, announced.replId(), client));
    } catch (RedisException e) {
      if (e.fault().code() != FaultCode.NO_PERMISSION) {
        throw e;
      }
      return new SourceLineage(
          client.lastNode(), announced.replId(), announced.offset(), null, null);
    }
  }

  private static ServerInfo past(ServerInfo info, String history, RedisClient client) {
    if (info.isMaster() || client.endpoint().topology() != Topology.STANDALONE) {
      return info;
    }
    try (RedisConnection master = client.following(new MasterOfReplica()).connect()) {
      ServerInfo told = master.info("replication");
      return told.text("master_replid").equals(history) ? told : info;
    } catch (RedisException e) {
      return info; // What the replica tells itself has to do.
    }
  }

  /** Of a server that has announced nothing yet. */
  static SourceLineage of(RedisConnection connection) throws RedisException {
    ServerInfo info = connection.info();
    return new SourceLineage(connection.toString(), info.replId(), info.replOffset(), info, info);
  }

  /** What is to be told of a full sync of this source. */
  CopiedFrom copied() {
    return new CopiedFrom(replId, offset, info == null ? "" : info.runId());
  }

  /**
   * Whether it leaves keys out of its snapshots that it takes for expired and its master may have
   * renewed (rdb.c, rdbSaveKeyValuePair below 5.0).
   */
  boolean omitsExpired() {
    return info != null && !info.isMaster() && !info.version().atLeast(5, 0);
  }

  /** Whether it goes by this history, or has gone by it until it failed over. */
  private boolean has(String history) {
    return replId.equals(history)
        || (info != null && (LinkPlan.has(info, history) || LinkPlan.has(past, history)));
  }

  /**
   * Whether it goes on in the history in which the target stands. One that does so from before the
   * copy began was set back, and has lost what only the target has.
   *
   * @param history of the target's checkpoint, or that was followed last
   * @param former of which source what is to be taken away was copied; offsets go on over
   *     failovers, so that it is asked by the other history where it has failed over twice since
   * @throws RedisException as {@link #refuseUnless}, where it has this history
   */
  boolean goesOn(String history, CopiedFrom former) throws RedisException {
    if (!has(history)) {
      return false;
    }
    if (!former.isNothing()) {
      boolean told = has(former.replId());
      refuseUnless(told ? former : new CopiedFrom(history, former.offset(), former.runId()));
    }
    return true;
  }

  /**
   * @param former of which source what is to be taken away was copied
   * @throws RedisException SOURCE_REPLACED where this is not known to be the same; SOURCE_REFUSED
   *     where it will be soon
   */
  void refuseUnless(CopiedFrom former) throws RedisException {
    if (replId.equals(former.replId())) {
      refuseBehind(former);
    } else if (info == null) {
      throw replaced(former, "has the history %s, and may not be asked (INFO)".formatted(replId));
    } else if (hadBefore(info, former)) {
      refuseUnlessWhole(info, former);
    } else if (hadBefore(past, former)) {
      refuseUnlessWhole(past, former);
    } else if (!hasChangedItsIdOnly(former)) {
      throw replaced(
          former,
          "does not know it, has the history %s and %d keys now: it was replaced, or restarted"
                  .formatted(replId, keys())
              + " without its history");
    }
  }

  private static boolean hadBefore(ServerInfo told, CopiedFrom former) {
    return told.text("master_replid2").equals(former.replId());
  }

  /** It goes on from there: what a snapshot or a replica did not have of it is lost. */
  private void refuseUnlessWhole(ServerInfo told, CopiedFrom former) throws RedisException {
    if (told.number("second_repl_offset") <= former.offset()) {
      throw replaced(
          former,
          "has it up to offset %d only, and %d keys now"
              .formatted(told.number("second_repl_offset") - 1, keys()));
    }
  }

  /** A master that no replica has asked for an hour begins another history with the same data. */
  private boolean hasChangedItsIdOnly(CopiedFrom former) {
    return !former.runId().isEmpty() && info.runId().equals(former.runId()) && info.isMaster();
  }

  private void refuseBehind(CopiedFrom former) throws RedisException {
    if (offset >= former.offset()) {
      return;
    }
    if (info != null && !info.isMaster()) {
      throw new RedisException(
          Fault.retryable(
              FaultCode.SOURCE_REFUSED,
              "%s stands at offset %d of the history %s, and had sent %d before: its master brings"
                      .formatted(node, offset, replId, former.offset())
                  + " it up"));
    }
    throw replaced(former, "stands at offset %d of it again: it was set back".formatted(offset));
  }

  private long keys() {
    return info.keysPerDatabase().values().stream().mapToLong(Long::longValue).sum();
  }

  private RedisException replaced(CopiedFrom former, String found) {
    return new RedisException(
        Fault.fatal(
            FaultCode.SOURCE_REPLACED,
            "the last full sync was of the history %s from offset %d on, and %s %s; the target was"
                    .formatted(former.replId(), former.offset(), node, found)
                + " left as it is"));
  }
}
