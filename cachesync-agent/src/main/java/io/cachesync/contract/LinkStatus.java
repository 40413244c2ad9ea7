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

  /** Of which nothing is known yet but its ends. */
  public static Builder of(int link, String source, String target) {
    return new Builder(link, source, target);
  }

  /** The same, of one of several sources. */
  public LinkStatus ofSource(int number) {
    Builder same = new Builder(this);
    same.sourceNumber = number;
    return same.build();
  }

  /** The same, with these of its dead letters. */
  public LinkStatus telling(List<DeadLetter> letters) {
    Builder same = new Builder(this);
    same.deadLetters = letters;
    return same.build();
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

  /** A status in the making: what belongs together is said together. */
  public static final class Builder {
    private final int link;
    private final String source;
    private final String target;
    private Phase phase = Phase.UNKNOWN;
    private long rdbBytes = -1;
    private long rdbBytesRead;
    private long rdbBytesApplied;
    private long keys = -1;
    private long keysApplied;
    private String replId = "";
    private long sourceOffset = -1;
    private long receivedOffset = -1;
    private long appliedOffset = -1;
    private long lagBytes = -1;
    private long lagMillis = -1;
    private long bytesPerSecond;
    private long commandsPerSecond;
    private long relayWaitingBytes;
    private long relayDiskBytes;
    private long survivalMillis = -1;
    private boolean inSync;
    private long retries;
    private Ledger ledger = Ledger.EMPTY;
    private long moduleAux;
    private List<Healed> healed = List.of();
    private List<DeadLetter> deadLetters = List.of();
    private long unsupportedKeys;
    private Integer sourceNumber;

    private Builder(int link, String source, String target) {
      this.link = link;
      this.source = source;
      this.target = target;
    }

    private Builder(LinkStatus status) {
      link = status.link;
      source = status.source;
      target = status.target;
      phase = status.phase;
      rdbBytes = status.rdbBytes;
      rdbBytesRead = status.rdbBytesRead;
      rdbBytesApplied = status.rdbBytesApplied;
      keys = status.keys;
      keysApplied = status.keysApplied;
      replId = status.replId;
      sourceOffset = status.sourceOffset;
      receivedOffset = status.receivedOffset;
      appliedOffset = status.appliedOffset;
      lagBytes = status.lagBytes;
      lagMillis = status.lagMillis;
      bytesPerSecond = status.bytesPerSecond;
      commandsPerSecond = status.commandsPerSecond;
      relayWaitingBytes = status.relayWaitingBytes;
      relayDiskBytes = status.relayDiskBytes;
      survivalMillis = status.survivalMillis;
      inSync = status.inSync;
      retries = status.retries;
      ledger = status.ledger;
      moduleAux = status.moduleAux;
      healed = status.healed;
      deadLetters = status.deadLetters;
      unsupportedKeys = status.unsupportedKeys;
      sourceNumber = status.sourceNumber;
    }

    public LinkStatus build() {
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
          sourceNumber);
    }

    public Builder phase(Phase now) {
      phase = now;
      return this;
    }

    public Builder rdb(long bytes, long read, long applied) {
      rdbBytes = bytes;
      rdbBytesRead = read;
      rdbBytesApplied = applied;
      return this;
    }

    public Builder keys(long ofSource, long applied) {
      keys = ofSource;
      keysApplied = applied;
      return this;
    }

    public Builder replId(String id) {
      replId = id;
      return this;
    }

    public Builder offsets(long ofSource, long received, long applied) {
      sourceOffset = ofSource;
      receivedOffset = received;
      appliedOffset = applied;
      return this;
    }

    public Builder lag(long bytes, long millis) {
      lagBytes = bytes;
      lagMillis = millis;
      return this;
    }

    public Builder speed(long bytes, long commands) {
      bytesPerSecond = bytes;
      commandsPerSecond = commands;
      return this;
    }

    public Builder relay(long waitingBytes, long diskBytes) {
      relayWaitingBytes = waitingBytes;
      relayDiskBytes = diskBytes;
      return this;
    }

    public Builder survivalMillis(long millis) {
      survivalMillis = millis;
      return this;
    }

    public Builder inSync(boolean whether) {
      inSync = whether;
      return this;
    }

    public Builder retries(long number) {
      retries = number;
      return this;
    }

    public Builder ledger(Ledger counts) {
      ledger = counts;
      return this;
    }

    public Builder moduleAux(long pieces) {
      moduleAux = pieces;
      return this;
    }

    public Builder heals(List<Healed> byReason, List<DeadLetter> listed, long unsupported) {
      healed = byReason;
      deadLetters = listed;
      unsupportedKeys = unsupported;
      return this;
    }
  }
}
