package io.cachesync.agent.verify;

import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckSpec;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;

/** Compares batches with connections of its own until there are no more. */
final class Worker {
  private final List<Reading> sources;
  private final Wire target;
  private final Databases databases;
  private final KeyChoice choice;
  private final Patience patience = new Patience();

  /**
   * @param sources at least one, by their numbers
   */
  Worker(CheckSpec spec, List<Side> sources, Side target, Databases databases, KeyChoice choice) {
    Wire wire = target.wire();
    this.sources = sources.stream().map(side -> new Reading(spec, side, wire, choice)).toList();
    this.target = wire;
    this.databases = databases;
    this.choice = choice;
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
      close();
    }
  }

  /** A batch that a side failed in is begun again: what it found does not count before its end. */
  private void work(KeyBatch batch, Round round) throws IOException, InterruptedException {
    batch.name(choice::atTarget);
    while (true) {
      try {
        select(batch);
        round.judge(batch, look(batch), this);
        patience.calm();
        return;
      } catch (RedisException e) {
        close();
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
      select(batch);
      return look(batch);
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /** Whether two keys lie at the same server of the only source. */
  boolean isSameSource(byte[] first, byte[] second) throws IOException {
    Wire source = sources.get(0).source();
    return source.at(first) == source.at(second);
  }

  /** What the only source's server that has a key says of its replication. */
  ServerInfo replication(byte[] key) throws IOException {
    try {
      return sources.get(0).source().at(key).connection().info("replication");
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  void close() {
    sources.forEach(reading -> reading.source().close());
    target.close();
  }

  /**
   * One key of a batch closely. Where its source does not have it and the target does, another may:
   * then that is what the target's is compared with.
   */
  Findings look(KeyBatch batch, int index) throws IOException {
    byte[] key = batch.key(index);
    Reading begun = sources.get(batch.source());
    Findings first = begun.mayHave(batch.database()) ? begun.look(key) : null;
    if (sources.size() == 1 || (first != null && !first.isExtra())) {
      return first;
    }
    Findings extra = first;
    for (Reading other : sources) {
      if (other != begun && other.mayHave(batch.database())) {
        extra = other.look(key);
        if (!extra.isExtra()) {
          return extra;
        }
      }
    }
    return extra.of(CheckDifference.NO_SOURCE);
  }

  /**
   * Where a source's stream stands, -1 where that says nothing of all keys.
   *
   * @param number of the source, or none
   */
  long sourceOffset(byte[] key, int number) throws IOException {
    if (number == CheckDifference.NO_SOURCE) {
      return -1;
    }
    Wire source = sources.get(number).source();
    return source.side().isCluster() ? -1 : source.at(key).replOffset();
  }

  private void select(KeyBatch batch) throws RedisException {
    for (Reading reading : sources) {
      reading.select(batch.database());
    }
    target.select(databases.atTarget(batch.database()));
  }

  /** By the index of the key, what is unlike; keys where nothing is are missing. */
  private Map<Integer, Findings> look(KeyBatch batch) throws IOException {
    BitSet suspects =
        batch.fromTarget() ? absent(batch) : sources.get(batch.source()).suspects(batch);
    Map<Integer, Findings> found = new TreeMap<>();
    for (int i = suspects.nextSetBit(0); i >= 0; i = suspects.nextSetBit(i + 1)) {
      Findings findings = look(batch, i);
      if (!findings.isEmpty()) {
        found.put(i, findings);
      }
    }
    return found;
  }

  /** Keys that no source has. */
  private BitSet absent(KeyBatch batch) throws IOException {
    BitSet absent = sources.get(0).absent(batch);
    for (int i = 1; i < sources.size() && !absent.isEmpty(); i++) {
      absent.and(sources.get(i).absent(batch));
    }
    return absent;
  }
}
