package io.cachesync.contract;

import java.util.List;

/**
 * One link (one source node feeding the target) at one moment. Unknown numbers are -1.
 *
 * @param link number of the link inside its job, from 0
 * @param source {@code host:port} of the source node
 * @param target {@code host:port} of the target node
 * @param rdbBytes bytes of the snapshot, -1 where the source does not tell
 * @param rdbBytesRead bytes of the snapshot received from the source
 * @param rdbBytesApplied bytes of the snapshot whose keys the target has acknowledged
 * @param keys keys that the source held when its snapshot began
 * @param keysApplied keys of the snapshot that the target has acknowledged
 * @param replId replication id of the source
 * @param sourceOffset the source's own {@code master_repl_offset} at the last sample
 * @param receivedOffset last offset received
 * @param appliedOffset last offset that the target has acknowledged
 * @param lagBytes sourceOffset less appliedOffset
 * @param lagMillis age of the oldest write of the source that the target does not have
 * @param bytesPerSecond bytes written to the target per second
 * @param commandsPerSecond commands (or keys, in the full sync) written to the target per second
 * @param relayWaitingBytes bytes received and not yet applied
 * @param relayDiskBytes bytes of the relay log on disk
 * @param survivalMillis how long this host may be lost before the source's backlog no longer
 *     reaches back to what was applied
 * @param inSync whether the lag is under the task's bound
 * @param retries how often this link has reconnected
 * @param moduleAux pieces of modules' data outside of keys that the snapshot held and that were not
 *     moved
 * @param healed keys fetched again from the source, by reason
 * @param deadLetters what could not be healed, the first thousand; the ledger counts commands
 * @param unsupportedKeys keys and function libraries of the snapshot that the target's version has
 *     no place for, left out or moved without what it cannot hold
 * @param sourceNumber which of several sources of the task it is of, from 0; null where there is
 *     one, and where an older agent does not tell
 */
public record LinkStatus(
    int link,
    String source,
    String target,
    Phase phase,
    long rdbBytes,
    long rdbBytesRead,
    long rdbBytesApplied,
    long keys,
    long keysApplied,
    String replId,
    long sourceOffset,
    long receivedOffset,
    long appliedOffset,
    long lagBytes,
    long lagMillis,
    long bytesPerSecond,
    long commandsPerSecond,
    long relayWaitingBytes,
    long relayDiskBytes,
    long survivalMillis,
    boolean inSync,
    long retries,
    Ledger ledger,
    long moduleAux,
    List<Healed> healed,
    List<DeadLetter> deadLetters,
    long unsupportedKeys,
    Integer sourceNumber) {
  public LinkStatus {
    healed = healed == null ? List.of() : List.copyOf(healed);
    deadLetters = deadLetters == null ? List.of() : List.copyOf(deadLetters);
  }

  /** One that tells no source. */
  public LinkStatus(
      int link,
      String source,
      String target,
      Phase phase,
      long rdbBytes,
      long rdbBytesRead,
      long rdbBytesApplied,
      long keys,
      long keysApplied,
      String replId,
      long sourceOffset,
      long receivedOffset,
      long appliedOffset,
      long lagBytes,
      long lagMillis,
      long bytesPerSecond,
      long commandsPerSecond,
      long relayWaitingBytes,
      long relayDiskBytes,
      long survivalMillis,
      boolean inSync,
      long retries,
      Ledger ledger,
      long moduleAux,
      List<Healed> healed,
      List<DeadLetter> deadLetters,
      long unsupportedKeys) {
    this(
        link,
        source,
        target,
        phase,
        rdbBytes,
        rdbBytesRead,
        rdbBytesApplied,
        keys,
        keysApplied,
        replId,
        sourceOffset,
        receivedOffset,
        appliedOffset,
        lagBytes,
        lagMillis,
        bytesPerSecond,
        commandsPerSecond,
        relayWaitingBytes,
        relayDiskBytes,
        survivalMillis,
        inSync,
        retries,
        ledger,
        moduleAux,
        healed,
        deadLetters,
        unsupportedKeys,
        null);
  }

  /** The same, of one of several sources. */
  public LinkStatus ofSource(int number) {
    return new LinkStatus(
        link,
        source,
        target,
        phase,
        rdbBytes,
        rdbBytesRead,
        rdbBytesApplied,
        keys,
        keysApplied,
        replId,
        sourceOffset,
        receivedOffset,
        appliedOffset,
        lagBytes,
        lagMillis,
        bytesPerSecond,
        commandsPerSecond,
        relayWaitingBytes,
        relayDiskBytes,
        survivalMillis,
        inSync,
        retries,
        ledger,
        moduleAux,
        healed,
        deadLetters,
        unsupportedKeys,
        number);
  }

  /** Share of the full sync that the target has acknowledged, 0 to 100, or -1 while unknown. */
  public int percent() {
    // A link that goes on after a restart has copied nothing itself, but stands in the stream.
    if (appliedOffset >= 0 || phase == Phase.INCREMENTAL || phase == Phase.DONE) {
      return 100;
    }
    if (rdbBytes > 0) {
      return (int) Math.min(100, Math.max(0, rdbBytesApplied) * 100 / rdbBytes);
    }
    if (keys > 0) {
      return (int) Math.min(99, Math.max(0, keysApplied) * 100 / keys);
    }
    return -1;
  }
}
