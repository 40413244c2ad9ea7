package io.cachesync.agent.verify;

import io.cachesync.contract.CheckReport;
import io.cachesync.contract.DifferenceKind;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** What one round saw. Thread-safe. */
final class Tally {
  private final LongAdder compared = new LongAdder();
  private final Map<DifferenceKind, Long> byKind = new EnumMap<>(DifferenceKind.class);
  private final Map<String, Long> byType = new TreeMap<>();
  private long differing;

  void compared(long keys) {
    compared.add(keys);
  }

  long compared() {
    return compared.sum();
  }

  synchronized void differs(Findings findings) {
    differing++;
    findings.kinds().forEach(kind -> byKind.merge(kind, 1L, Long::sum));
    byType.merge(findings.type(), 1L, Long::sum);
  }

  synchronized long differing() {
    return differing;
  }

  synchronized Map<DifferenceKind, Long> byKind() {
    return Map.copyOf(byKind);
  }

  synchronized Map<String, Long> byType() {
    return Map.copyOf(byType);
  }

  synchronized void write(DataOutputStream out) throws IOException {
    out.writeLong(compared());
    out.writeLong(differing);
    out.writeInt(byKind.size());
    for (Map.Entry<DifferenceKind, Long> entry : byKind.entrySet()) {
      out.writeUTF(entry.getKey().name());
      out.writeLong(entry.getValue());
    }
    out.writeInt(byType.size());
    for (Map.Entry<String, Long> entry : byType.entrySet()) {
      out.writeUTF(entry.getKey());
      out.writeLong(entry.getValue());
    }
  }

  synchronized void read(DataInputStream in) throws IOException {
    compared.add(in.readLong());
    differing = in.readLong();
    for (int i = in.readInt(); i > 0; i--) {
      byKind.put(DifferenceKind.valueOf(in.readUTF()), in.readLong());
    }
    for (int i = in.readInt(); i > 0; i--) {
      byType.put(in.readUTF(), in.readLong());
    }
  }

  CheckReport.Round report(int round, long millis) {
    return new CheckReport.Round(round, millis, compared(), differing(), byKind(), byType());
  }
}
