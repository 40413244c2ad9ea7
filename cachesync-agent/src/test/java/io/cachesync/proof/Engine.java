package io.cachesync.proof;

import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.Phase;
import java.util.List;
import java.util.Optional;

/** One start of the engine. */
interface Engine extends AutoCloseable {
  void direct(Desired desired);

  Phase phase();

  /** Whether every link has applied its source up to here. */
  boolean hasApplied(List<Long> offsets);

  /** Whether every command that was read had one fate; to be asked after the end. */
  boolean balanced();

  /** What it could not heal, of all starts; to be asked after the end. */
  List<DeadLetter> deadLetters();

  Optional<End> end();

  /** Is gone at once: what it has sent may still arrive, nothing more is sent. */
  void kill();

  /** Stands still, with its connections open, until {@link #thaw}. */
  void freeze();

  void thaw();

  /** What it said, for whoever has to explain. */
  String said();

  @Override
  void close();

  /**
   * @param fault null where it ended as it was told
   */
  record End(Phase phase, Fault fault) {}
}
