package io.cachesync.agent.verify;

import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.io.IOException;
import java.util.BitSet;

/**
 * Scans all servers of a side at once. What lies in slots that moved meanwhile, or that are open,
 * is scanned again: its keys may have been behind the one scan and before the other. Keys are given
 * on twice then.
 */
final class WholeScan {
  private static final int MOST_SCANS = 5;

  private final Side side;
  private final boolean isTarget;
  private final Databases databases;
  private final KeyScan.Choice names;
  private final KeyScan.Keys taker;
  private final long waitMillis;
  private final ScanPlaces places;
  private final String name;
  private final Stillness stillness;

  /**
   * @param waitMillis how long a slot may be open behind a scan
   * @param places where it goes on, and where it notes how far it has come
   * @param name what it is called in there
   */
  WholeScan(
      Side side,
      boolean isTarget,
      Databases databases,
      KeyScan.Choice names,
      KeyScan.Keys taker,
      long waitMillis,
      ScanPlaces places,
      String name,
      Stillness stillness) {
    this.places = places;
    this.name = name;
    this.stillness = stillness;
    this.side = side;
    this.isTarget = isTarget;
    this.databases = databases;
    this.names = names;
    this.taker = taker;
    this.waitMillis = waitMillis;
  }

  /**
   * @throws RedisException CLUSTER_DOWN where it cannot be said that all keys were seen
   */
  void run() throws IOException, InterruptedException {
    if (!side.isCluster()) {
      scan(names, places);
      return;
    }
    SlotView before = view();
    places.view(name, before.hash());
    scan(names, places);
    SlotView after = view();
    BitSet unsure = before.unsure(after);
    for (int scans = 1; !unsure.isEmpty(); scans++) {
      before = closed(after);
      // Who had them when the scan ended may have others now.
      unsure.or(after.unsure(before));
      if (scans == MOST_SCANS) {
        throw unproven("slots moved during each of %d scans".formatted(MOST_SCANS));
      }
      BitSet again = unsure;
      // Of this nothing is kept: who goes on finds that slots have moved, and begins the side anew.
      scan(
          (database, key) -> again.get(HashSlot.of(key)) ? names.nameOf(database, key) : null,
          new ScanPlaces());
      after = view();
      unsure = before.unsure(after);
    }
  }

  private void scan(KeyScan.Choice chosen, ScanPlaces kept)
      throws IOException, InterruptedException {
    Crew crew = new Crew();
    for (Side.Scanned node : side.nodes()) {
      KeyScan scan = new KeyScan(side, node, isTarget, chosen, taker, kept, name, stillness);
      crew.start("scan", () -> scan.run(databases));
    }
    crew.join();
  }

  /** Waits until no slot is open. */
  private SlotView closed(SlotView last) throws IOException, InterruptedException {
    SlotView now = last;
    long end = System.currentTimeMillis() + waitMillis;
    while (!now.open().isEmpty()) {
      if (System.currentTimeMillis() > end) {
        throw unproven("slot %d stays open".formatted(now.open().nextSetBit(0)));
      }
      Thread.sleep(Math.min(500, waitMillis));
      now = view();
    }
    return now;
  }

  private SlotView view() throws IOException, InterruptedException {
    Patience patience = new Patience();
    while (true) {
      try {
        return SlotView.ask(side.client(), side.map());
      } catch (RedisException e) {
        patience.waitAfter(e);
      }
    }
  }

  private RedisException unproven(String why) {
    return new RedisException(
        Fault.retryable(
            FaultCode.CLUSTER_DOWN,
            "whether all keys of the %s were seen cannot be said: %s".formatted(side.name(), why)));
  }
}
