package io.cachesync.web.check;

import io.cachesync.web.task.TaskView;
import java.util.List;

/**
 * A check as pages show it, in the reader's language.
 *
 * @param tone good, busy, warn, bad, or empty
 * @param equal whether no key differs, null before it is done, and where only keys of a repair were
 *     looked at and none of them differs
 * @param verdict what came out, or where it stands, in one sentence
 * @param remarks what the verdict does not tell
 * @param percent of the round that is on, -1 where that is not known
 * @param compared keys; in the first round its percent, as they are counted when it is over
 * @param repairs whether only the keys of a repair are looked at
 * @param sample share of the keys that is looked at, in words; empty where all are
 * @param fault why it waits or failed, or null
 * @param moreSources further sources, in their order
 * @param keys of all sources
 * @param scanned of all sources
 */
record CheckView(
    Check row,
    String stateLabel,
    String tone,
    String icon,
    Boolean equal,
    String verdict,
    List<String> remarks,
    int percent,
    String percentText,
    String compared,
    String different,
    String settling,
    String took,
    boolean repairs,
    String mode,
    String sample,
    TaskView.FaultView fault,
    List<RoundView> rounds,
    List<CountView> kinds,
    List<CountView> types,
    SideView source,
    List<SideView> moreSources,
    String keys,
    String scanned,
    SideView target) {

  public boolean over() {
    return row.state().ended();
  }

  /**
   * A round that is over.
   *
   * @param share of the keys of the first round that differ in this, of a hundred
   */
  record RoundView(
      int number, String took, String compared, String differing, long share, String kinds) {}

  /** How many keys differ so. */
  record CountView(String name, String label, String count) {}

  /** What one side was asked. */
  record SideView(
      String address,
      String version,
      String keys,
      String scanned,
      String commandsPerSecond,
      String bytesPerSecond,
      String bytes) {}
}
