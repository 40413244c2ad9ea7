package io.cachesync.proof;

import java.util.ArrayList;
import java.util.List;

/** The writers of a seed, as many as what is read from has. */
final class SourceWriters implements AutoCloseable {
  private final List<SourceWriter> writers = new ArrayList<>();
  private final SourceWriter.History history = new SourceWriter.History();

  SourceWriters(ProofSource source, Workload workload, long seed) {
    for (int i = 0; i < source.writers(); i++) {
      int writer = i;
      writers.add(
          new SourceWriter(
              () -> source.master(writer),
              workload,
              seed + 1_000_003L * i,
              source.prefix(i),
              source.tags(i),
              history));
    }
  }

  void prepare() {
    writers.forEach(SourceWriter::prepare);
  }

  void start() {
    writers.forEach(SourceWriter::start);
  }

  void burst(int count) {
    writers.forEach(writer -> writer.burst(count / writers.size()));
  }

  void burstOfReplacing(int count) {
    writers.forEach(writer -> writer.burstOfReplacing(count / writers.size()));
  }

  /** The mark is in what the first of them writes, which is all of it. */
  void burstOfReplacing(int count, String mark) {
    writers.get(0).burstOfReplacing(count, mark);
  }

  void burstOfCopies(int count) {
    writers.forEach(writer -> writer.burstOfCopies(count / writers.size()));
  }

  void flushInTheMiddle() {
    writers.forEach(SourceWriter::flushInTheMiddle);
  }

  /** Does something while the first of them writes nothing. */
  void between(Runnable change) {
    writers.get(0).between(change);
  }

  void stop() {
    writers.forEach(SourceWriter::stop);
  }

  SourceWriter.History history() {
    return history;
  }

  @Override
  public void close() {
    writers.forEach(SourceWriter::close);
  }
}
