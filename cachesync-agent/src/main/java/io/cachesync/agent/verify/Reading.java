package io.cachesync.agent.verify;

import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespReader;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckSpec;
import java.io.IOException;
import java.util.BitSet;

/** One source of a worker: how its keys are compared with those of the target. For one thread. */
final class Reading {
  private final Wire source;
  private final BatchComparer fast;
  private final KeyComparer close;

  Reading(CheckSpec spec, Side side, Wire target, KeyChoice choice) {
    source = side.wire();
    fast = fast(spec, source, target);
    close =
        new KeyComparer(
            spec.mode(),
            spec.bigKeyElements(),
            new Pair(source, target, spec.ttlToleranceMillis(), side.tellsEntriesRead()),
            choice);
  }

  private static BatchComparer fast(CheckSpec spec, Wire source, Wire target) {
    boolean wholeValues = spec.mode() == CheckMode.FULL || spec.mode() == CheckMode.SMART;
    return wholeValues && BulkComparer.fits(source.side(), target.side())
        ? new BulkComparer(spec.ttlToleranceMillis(), source, target)
        : new TypedComparer(
            spec.mode(), spec.bigKeyElements(), spec.ttlToleranceMillis(), source, target);
  }

  Wire source() {
    return source;
  }

  /** Whether it can have keys in a database: a cluster has one only. */
  boolean mayHave(int database) {
    return database == 0 || !source.side().isCluster();
  }

  /** Which keys of a batch may be unlike. */
  BitSet suspects(KeyBatch batch) throws IOException {
    return fast.suspects(batch);
  }

  /** What is unlike of one key; the databases are those of the batch. */
  Findings look(byte[] key) throws IOException {
    return close.look(key).of(source.side().number());
  }

  /** Which keys of a batch this source does not have. */
  BitSet absent(KeyBatch batch) throws IOException {
    if (!mayHave(batch.database())) {
      return all(batch);
    }
    if (source.side().features().manyExist()
        && !source.side().isCluster()
        && present(batch) == batch.size()) {
      return new BitSet();
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

  /** How many keys of a batch it has, where it is one server. */
  private long present(KeyBatch batch) throws IOException {
    byte[] any = batch.key(0);
    source.to(any).begin(batch.size() + 1).arg("EXISTS");
    for (byte[] key : batch.keys()) {
      source.at(any).connection().out().arg(key);
    }
    source.flush();
    return source.at(any).connection().successOf(source.read(any)).integer();
  }

  /** Commands are of this database from now on, where the source can have it. */
  void select(int database) throws RedisException {
    if (mayHave(database)) {
      source.select(database);
    }
  }

  private static BitSet all(KeyBatch batch) {
    BitSet all = new BitSet();
    all.set(0, batch.size());
    return all;
  }
}
