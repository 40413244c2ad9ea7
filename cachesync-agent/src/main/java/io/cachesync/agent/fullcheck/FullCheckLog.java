package io.cachesync.agent.fullcheck;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where redis-full-check stands, as its log tells it every two seconds. */
final class FullCheckLog {
  private static final Pattern PROGRESS =
      Pattern.compile(
          "times:\\s*(\\d+),\\s*db:\\s*(\\d+),\\s*dbkeys:\\s*(\\d+),\\s*finish:\\s*(-?\\d+)%");
  private static final Pattern SCANNED = Pattern.compile("KeyScan:.*?[Tt]otal\"?:\\s*(\\d+)");

  private int round;
  private int database = -1;
  private int percent = -1;
  private long databaseKeys;
  private long keysOfOthers;
  private long scanned;
  private long scannedOfOthers;

  /** Takes a line; tells whether a further round has begun with it. */
  synchronized boolean take(String line) {
    Matcher progress = PROGRESS.matcher(line);
    boolean begun = false;
    if (progress.find()) {
      int now = Integer.parseInt(progress.group(1));
      begun = now != round;
      round = now;
      percent = Integer.parseInt(progress.group(4));
      if (round == 1) {
        enter(Integer.parseInt(progress.group(2)), Long.parseLong(progress.group(3)));
      }
    }
    Matcher scan = SCANNED.matcher(line);
    if (scan.find() && round <= 1) {
      scanned = Long.parseLong(scan.group(1));
    }
    return begun;
  }

  synchronized int round() {
    return round;
  }

  /** Of the database that is on, -1 where it does not know: at a cluster. */
  synchronized int percent() {
    return percent < 0 || percent > 100 ? -1 : percent;
  }

  /** Keys of the source in the databases so far. */
  synchronized long keys() {
    return keysOfOthers + databaseKeys;
  }

  /** Keys that the first round has looked at. */
  synchronized long scanned() {
    return scannedOfOthers + scanned;
  }

  private void enter(int next, long keys) {
    if (next != database) {
      keysOfOthers += databaseKeys;
      scannedOfOthers += scanned;
      scanned = 0;
      database = next;
    }
    databaseKeys = keys;
  }
}
