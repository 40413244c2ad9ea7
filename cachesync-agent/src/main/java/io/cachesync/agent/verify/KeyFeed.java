package io.cachesync.agent.verify;

import io.cachesync.contract.CheckSpec;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;

/** Gives the workers of a check the keys that a round looks at, and its end. */
final class KeyFeed {
  /** Keys that are confirmed together: the pauses between their looks are one for all of them. */
  private static final int MOST_CONFIRMED = 2048;

  private final CheckSpec spec;
  private final List<Side> sources;
  private final Side target;
  private final Databases databases;
  private final KeyChoice choice;
  private final Stillness stillness;
  private final long slotWaitMillis;
  private final BlockingQueue<KeyBatch> batches;

  KeyFeed(
      CheckSpec spec,
      List<Side> sources,
      Side target,
      Databases databases,
      KeyChoice choice,
      Stillness stillness,
      long slotWaitMillis,
      BlockingQueue<KeyBatch> batches) {
    this.spec = spec;
    this.sources = sources;
    this.target = target;
    this.databases = databases;
    this.choice = choice;
    this.stillness = stillness;
    this.slotWaitMillis = slotWaitMillis;
    this.batches = batches;
  }

  /** Until all of a round was given. */
  void run(Journey far) throws IOException, InterruptedException {
    Suspects former = far.former();
    if (former == null) {
      scanAll(far);
    } else {
      long share = former.size() / spec.parallel();
      int most = (int) Math.max(KeyScan.BATCH, Math.min(MOST_CONFIRMED, share));
      while (former.hasMore()) {
        stillness.step(
            () -> {
              for (KeyBatch batch : former.read(most)) {
                give(batch);
              }
            });
      }
    }
    batches.put(KeyBatch.END);
  }

  /** Inside a step. */
  private void give(KeyBatch batch) throws InterruptedException {
    stillness.given();
    batches.put(batch);
  }

  /** What only the target has is asked for where the sums of the keys of both sides differ. */
  private void scanAll(Journey far) throws IOException, InterruptedException {
    KeySums ofSource = far.ofSource();
    KeySums ofTarget = far.ofTarget();
    Crew scanners = new Crew();
    for (Side source : sources) {
      scan(
          source,
          far.places(),
          "source-" + source.number(),
          scanners,
          choice::ofSource,
          batch -> {
            batch.keys().forEach(key -> ofSource.add(batch.database(), key));
            give(batch);
          });
    }
    if (spec.bothDirections()) {
      scan(
          target,
          far.places(),
          "target",
          scanners,
          choice::ofTarget,
          batch -> batch.keys().forEach(key -> ofTarget.add(batch.database(), key)));
    }
    scanners.join();
    if (spec.bothDirections() && !ofTarget.isLike(ofSource)) {
      Crew again = new Crew();
      scan(
          target,
          far.places(),
          "only-target",
          again,
          (database, key) -> {
            byte[] name = choice.ofTarget(database, key);
            return name == null || ofTarget.isLike(ofSource, database, name) ? null : name;
          },
          batch -> give(batch));
      again.join();
    }
  }

  private void scan(
      Side side,
      ScanPlaces places,
      String name,
      Crew scanners,
      KeyScan.Choice names,
      KeyScan.Keys taker) {
    WholeScan scan =
        new WholeScan(
            side, side == target, databases, names, taker, slotWaitMillis, places, name, stillness);
    scanners.start("scan-" + side.name(), scan::run);
  }
}
