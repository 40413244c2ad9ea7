package io.cachesync.agent.verify;

import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.resp.RespReader;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckSpec;
import java.io.IOException;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;

/** Compares batches with connections of its own until there are no more. */
final class Worker {
  private final Wire source;
  private final Wire target;
  private final Databases databases;
  private final KeyChoice choice;
  private final BatchComparer fast;
  private final KeyComparer close;
  private final Patience patience = new Patience();

  Worker(CheckSpec spec, Side source, Side target, Databases databases, KeyChoice choice) {
    this.source = source.wire();
    this.target = target.wire();
    this.databases = databases;
    this.choice = choice;
    fast = fast(spec);
    close =
        new KeyComparer(
            spec.mode(),
            spec.bigKeyElements(),
            new Pair(
                this.source, this.target, spec.ttlToleranceMillis(), source.tellsEntriesRead()),
            choice);
  }

  private BatchComparer fast(CheckSpec spec) {
    boolean wholeValues = spec.mode() == CheckMode.FULL || spec.mode() == CheckMode.SMART;
    return wholeValues && BulkComparer.fits(source.side(), target.side())
        ? new BulkComparer(spec.ttlToleranceMillis(), source, target)
        : new TypedComparer(
            spec.mode(), spec.bigKeyElements(), spec.ttlToleranceMillis(), source, target);
  }

  /**
   * @param stillness hears of each batch that was judged
   */
  void run(BlockingQueue<KeyBatch> batches, Round round, Stillness stillness)
      throws IOException, InterruptedException {
    try {
      KeyBatch batch = batches.take();
      while (batch != KeyBatch.END) {
        work(batch, round);
        stillness.judged();
        batch = batches.take();
      }
      batches.put(KeyBatch.END);
    } finally {
      source.close();
      target.close();
    }
  }

  /** A batch that a side failed in is begun again: what it found does not count before its end. */
  private void work(KeyBatch batch, Round round) throws IOException, InterruptedException {
    batch.name(choice::atTarget);
    while (true) {
      try {
        source.select(batch.database());
        target.select(databases.atTarget(batch.database()));
        round.judge(batch, look(batch), this);
        patience.calm();
        return;
      } catch (RedisException e) {
        source.close();
        target.close();
        patience.waitAfter(e);
      }
    }
  }

  /**
   * What is unlike in keys of one database, by their index. A side that fails is asked anew by the
   * next call.
   */
  Map<Integer, Findings> compare(KeyBatch batch) throws IOException {
    batch.name(choice::atTarget);
    try {
      source.select(batch.database());
      target.select(databases.atTarget(batch.database()));
      return look(batch);
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /** Whether two keys lie at the same server of the source. */
  boolean isSameSource(byte[] first, byte[] second) throws IOException {
    return source.at(first) == source.at(second);
  }

  /** What the source's server that has a key says of its replication. */
  ServerInfo replication(byte[] key) throws IOException {
    try {
      return source.at(key).connection().info("replication");
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  void close() {
    source.close();
    target.close();
  }

  /** One key closely; the databases are those of the batch. */
  Findings look(byte[] key) throws IOException {
    return close.look(key);
  }

  /** Where the source's stream stands, -1 where that says nothing of all keys. */
  long sourceOffset(byte[] key) throws IOException {
    return source.side().isCluster() ? -1 : source.at(key).replOffset();
  }

  /** By the index of the key, what is unlike; keys where nothing is are missing. */
  private Map<Integer, Findings> look(KeyBatch batch) throws IOException {
    BitSet suspects = batch.fromTarget() ? absentAtSource(batch) : fast.suspects(batch);
    Map<Integer, Findings> found = new TreeMap<>();
    for (int i = suspects.nextSetBit(0); i >= 0; i = suspects.nextSetBit(i + 1)) {
      Findings findings = look(batch.key(i));
      if (!findings.isEmpty()) {
        found.put(i, findings);
      }
    }
    return found;
  }

  private BitSet absentAtSource(KeyBatch batch) throws IOException {
    if (source.side().features().manyExist() && !source.side().isCluster()) {
      byte[] any = batch.key(0);
      source.to(any).begin(batch.size() + 1).arg("EXISTS");
      for (byte[] key : batch.keys()) {
        source.at(any).connection().out().arg(key);
      }
      source.flush();
      RespValue there = source.at(any).connection().successOf(source.read(any));
      if (there.integer() == batch.size()) {
        return new BitSet();
      }
    }
    for (byte[] key : batch.keys()) {
      source.to(key).begin(2).arg("EXISTS").arg(key);
    }
    source.flush();
    BitSet absent = new BitSet();
    for (int i = 0; i < batch.size(); i++) {
      RespValue there = source.read(batch.key(i));
      // An error, such as a slot that moves, is met again by the closer look.
      absent.set(i, there.type() != RespReader.INTEGER || there.integer() == 0);
    }
    return absent;
  }
}
