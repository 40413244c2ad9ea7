package io.cachesync.agent.checkpoint;

import io.cachesync.agent.resp.RespValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The hash of a master of a cluster: what {@link NodeState} says, and beside it
 *
 * <pre>
 * w0      the watermark of link 0, a checkpoint's text: up to here every lane is applied; or empty
 * lost    replication ids of the source, each with the offset behind which it is no history any
 *         more, as ID:OFFSET with commas; or empty
 * peers   the slots in which the hashes of all masters lie, with commas; or empty
 * emptied what all masters tell alike once the cluster was emptied for several links; or empty
 * </pre>
 *
 * @param watermark null where there is none
 * @param lost offsets up to which a checkpoint under these replication ids counts
 */
record NodeHash(
    NodeState state,
    Checkpoint watermark,
    List<Integer> peers,
    Map<String, Long> lost,
    String emptied) {
  static final NodeHash NONE = new NodeHash(NodeState.NONE, null, List.of(), Map.of());

  static final String LOST = "lost";

  private static final String PEERS = "peers";
  private static final String EMPTIED = "emptied";

  /** Of a cluster that nobody has emptied since a link began to copy. */
  NodeHash(NodeState state, Checkpoint watermark, List<Integer> peers, Map<String, Long> lost) {
    this(state, watermark, peers, lost, "");
  }

  /**
   * @param hash what HGETALL answered
   * @throws IllegalArgumentException where it is none of ours
   */
  static NodeHash of(RespValue hash, int link) {
    Checkpoint watermark = null;
    List<Integer> peers = List.of();
    Map<String, Long> lost = Map.of();
    String emptied = "";
    List<RespValue> elements = hash.elements();
    for (int i = 0; i + 1 < elements.size(); i += 2) {
      String name = elements.get(i).text();
      String value = elements.get(i + 1).text();
      if (name.equals(watermarkField(link)) && !value.isEmpty()) {
        watermark = Checkpoint.parse(value);
      } else if (name.equals(PEERS) && !value.isEmpty()) {
        peers = Arrays.stream(value.split(",", -1)).map(Integer::valueOf).toList();
      } else if (name.equals(LOST) && !value.isEmpty()) {
        lost = lost(value);
      } else if (name.equals(EMPTIED)) {
        emptied = value;
      }
    }
    return new NodeHash(NodeState.of(hash), watermark, peers, lost, emptied);
  }

  static String watermarkField(int link) {
    return "w" + link;
  }

  /** The command that writes all of it. */
  String[] command(String key, int link) {
    List<String> words = new ArrayList<>(List.of(state.command(key)));
    words.add(watermarkField(link));
    words.add(watermark == null ? "" : watermark.text());
    words.add(PEERS);
    words.add(String.join(",", peers.stream().map(String::valueOf).toList()));
    words.add(LOST);
    words.add(text(lost));
    words.add(EMPTIED);
    words.add(emptied);
    return words.toArray(String[]::new);
  }

  static String text(Map<String, Long> lost) {
    return String.join(
        ",", lost.entrySet().stream().map(each -> each.getKey() + ":" + each.getValue()).toList());
  }

  private static Map<String, Long> lost(String text) {
    Map<String, Long> lost = new TreeMap<>();
    for (String each : text.split(",", -1)) {
      int colon = each.indexOf(':');
      if (colon < 0) {
        throw new IllegalArgumentException("the field lost is none of ours: " + text);
      }
      lost.put(each.substring(0, colon), Long.valueOf(each.substring(colon + 1)));
    }
    return lost;
  }
}
