package io.cachesync.agent.checkpoint;

import io.cachesync.agent.resp.RespValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the hash of a node says of a job, beside its checkpoint.
 *
 * @param epoch the last writer's, number 0 before the first
 * @param moved what the task moves, in words
 * @param owned whether the claimed databases were empty when they were claimed
 * @param generation number of the last full sync that was begun, 0 before the first
 * @param done number of the last full sync that was completed, 0 before the first
 * @param hole what could not be applied although its checkpoint was written, otherwise empty
 * @param copied of which source the last full sync was begun
 */
public record NodeState(
    Epoch epoch,
    String moved,
    boolean owned,
    long generation,
    long done,
    String hole,
    CopiedFrom copied) {

  static final String MOVED = "moved";

  /** What a link moves, in words, once its removal has begun. */
  public static final String NOTHING_MORE = "nothing more";

  public static final NodeState NONE =
      new NodeState(new Epoch(0, ""), "", false, 0, 0, "", CopiedFrom.NOTHING);

  static NodeState of(RespValue hash) {
    Map<String, String> fields = new LinkedHashMap<>();
    List<RespValue> elements = hash.elements();
    for (int i = 0; i + 1 < elements.size(); i += 2) {
      fields.put(elements.get(i).text(), elements.get(i + 1).text());
    }
    return new NodeState(
        new Epoch(number(fields, "epoch"), fields.getOrDefault("nonce", "")),
        fields.getOrDefault("moved", ""),
        fields.getOrDefault("owned", "").equals("yes"),
        number(fields, "generation"),
        number(fields, "done"),
        fields.getOrDefault("hole", ""),
        CopiedFrom.parse(fields.getOrDefault("source", "")));
  }

  /** A full sync was begun and its end was not reached. */
  public boolean interrupted() {
    return generation > done;
  }

  NodeState with(Epoch newEpoch) {
    return new NodeState(newEpoch, moved, owned, generation, done, hole, copied);
  }

  NodeState with(String newHole) {
    return new NodeState(epoch, moved, owned, generation, done, newHole, copied);
  }

  NodeState moving(String newMoved) {
    return new NodeState(epoch, newMoved, owned, generation, done, hole, copied);
  }

  /**
   * @param behind the highest number that a full sync is known to have had: where the target was
   *     set back the same number would be another full sync's
   * @param from of which source it is
   */
  NodeState beginning(long behind, CopiedFrom from) {
    long last = Math.max(Math.max(generation, done), behind);
    return new NodeState(epoch, moved, owned, last + 1, done, "", from);
  }

  NodeState completed() {
    return new NodeState(epoch, moved, owned, generation, generation, "", copied);
  }

  /**
   * As {@link #leaving}, where the target is empty and stays the task's. The numbers go on behind
   * it, so that what comes back of before it is not taken for what is copied next.
   */
  NodeState emptied() {
    return new NodeState(epoch, moved, true, 0, Math.max(generation, done), "", CopiedFrom.NOTHING);
  }

  /** Nothing can be gone on from; the epoch stays. */
  NodeState leaving() {
    return new NodeState(epoch, NOTHING_MORE, false, 0, 0, "", CopiedFrom.REMOVED);
  }

  /** Whether all that the link had is being removed. */
  public boolean isLeft() {
    return generation == 0 && moved.equals(NOTHING_MORE);
  }

  /** The command that writes all of it. */
  public String[] command(String key) {
    return new String[] {
      "HMSET",
      key,
      "epoch",
      Long.toString(epoch.number()),
      "nonce",
      epoch.nonce(),
      "moved",
      moved,
      "owned",
      owned ? "yes" : "no",
      "generation",
      Long.toString(generation),
      "done",
      Long.toString(done),
      "hole",
      hole,
      "source",
      copied.text()
    };
  }

  private static long number(Map<String, String> fields, String name) {
    String text = fields.getOrDefault(name, "0");
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("the field " + name + " is no number: " + text);
    }
  }
}
