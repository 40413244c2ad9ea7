package io.cachesync.agent.writer;

import io.cachesync.agent.checkpoint.CopiedFrom;
import io.cachesync.agent.checkpoint.TargetState;
import io.cachesync.agent.entry.ByteSource;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultException;
import java.io.Closeable;
import java.io.IOException;
import java.util.BitSet;

/**
 * Writes to a target: a snapshot, then the stream. For one thread, but {@link #close} may come from
 * any.
 *
 * <p>After a failure {@link #reconnect} makes it usable again and tells where it stands.
 */
public interface TargetWriter extends Closeable {
  TargetState store();

  /**
   * How the source's clock stands; from the next connection on.
   *
   * @param aheadMillis by how much it is ahead of ours, negative where it is behind
   */
  void sourceAhead(long aheadMillis);

  /** How to ask for the source's modules; from the next connection on. */
  void sourceModules(ModuleValues.Source modules);

  /**
   * Claims the target, takes the next epoch, ends all other writers of this job.
   *
   * @param acceptNotEmpty whether a target with foreign keys may be claimed
   * @param acceptChange whether what is moved may differ from the last start
   */
  void takeOver(boolean acceptNotEmpty, boolean acceptChange) throws IOException;

  /** How a target stands to what is known of it. */
  enum Standing {
    /** At the last acknowledged point. */
    AS_LEFT,
    /** A transaction whose end was not seen may have been applied. */
    UNANSWERED,
    /** It has lost what it had acknowledged: it stands where it stood before. */
    SET_BACK,
    /** As that, to before the end of its full sync: there is nothing to go on from. */
    COPY_LOST
  }

  /**
   * Connects again after a failure.
   *
   * @throws FaultException CHECKPOINT_MISMATCH where the target stands somewhere that is none of
   *     these
   */
  Standing reconnect() throws IOException;

  /** Whether no key ends by its time for the connections that were made last. */
  boolean imports();

  /**
   * Begins a full sync: from here on the former one counts for nothing.
   *
   * @param wipe whether the claimed databases are emptied, in the same transaction
   * @param from of which source it is, told in the same transaction
   */
  void beginFullSync(boolean wipe, CopiedFrom from) throws IOException;

  /**
   * The snapshot may lack keys that the stream goes on from: none of the full sync that has begun
   * is taken for one that never had a time to live.
   */
  void everyKeyMayExpire();

  /**
   * Removes what a former full sync has left in the claimed databases and what does not stay;
   * behind {@link #beginFullSync}, so that one that is cut belongs to a full sync that was
   * interrupted.
   */
  void sweep(FormerKeys former) throws IOException, InterruptedException;

  /**
   * What writes a snapshot.
   *
   * @param written hears of each key before it is sent
   * @param unsupported hears what has no place at the target, on any thread
   */
  SnapshotWrite snapshot(ByteSource bytes, WrittenKeys written, Unsupported unsupported, Pace pace)
      throws FaultException;

  /** Ends a full sync: the stream begins at this position. */
  void completeFullSync(String replId, long offset, int database) throws IOException;

  /** Makes ready to go on from the checkpoint that stands at the target. */
  LaneWriter openLane() throws IOException;

  /**
   * Leaves alone, from now on, keys of these slots that another link of the job has left alone.
   *
   * @param link its number
   */
  void skipAsLink(int link, BitSet slots) throws IOException;

  /**
   * The highest offset of which something is at the target, at or behind the checkpoint's; what was
   * sent last may be there in part.
   */
  long reached();

  /**
   * Removes everything of ours from the target.
   *
   * @return number of keys that were there
   * @throws FaultException CONNECTION_LOST where the target has lost what it had acknowledged: then
   *     nothing is removed
   */
  int removeKeys() throws IOException;

  /** Remembers at the target why nothing may go on from its checkpoint; tries for a while. */
  void remember(Fault fault);

  /** Ends the connections; what waits for them fails. */
  @Override
  void close();
}
