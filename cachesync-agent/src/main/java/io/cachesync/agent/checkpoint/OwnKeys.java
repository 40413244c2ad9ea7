package io.cachesync.agent.checkpoint;

import io.cachesync.agent.redis.SlotTags;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The names of our keys at a target, and of our connections to it.
 *
 * <pre>
 * cachesync:ckpt:{0}:TASK:JOB.LINK   the lane's checkpoint, in the task's lowest database
 * cachesync:node:{0}:TASK:JOB        epoch, nonce, generation, done, what is moved; beside it;
 *                                    of every link but the first :JOB.LINK
 * cachesync:heal:{0}:TASK:JOB.LINK   keys that are ahead, healed, dead letters; beside it
 * cachesync:skip:{0}:TASK:JOB.LINK   keys that the target had and that are left alone; beside it
 * cachesync:claim                    which task moves into which databases; beside it
 * cachesync:lock                     in database 0, while a claim is being made
 * </pre>
 *
 * <p>At a cluster there is a checkpoint, and beside it a hash of what is ahead, for each hash slot,
 * with the slot's tag ({@link SlotTags}) in the place of 0, and a node's hash in the first slot of
 * each master. The claim is one, in slot 0: beside the hash that decides, so that a flush can put
 * both back in its own transaction.
 *
 * @param prefix what each of them begins with
 * @param job number of the job inside the task
 * @param link number of the link inside the job
 */
public record OwnKeys(String prefix, String task, int job, int link) {
  /** Of a standalone target. */
  private static final String TAG = "{0}";

  public String checkpoint() {
    return prefix + "ckpt:" + TAG + ":" + task + ":" + job + "." + link;
  }

  public String heal() {
    return prefix + "heal:" + TAG + ":" + task + ":" + job + "." + link;
  }

  /** Of a standalone target. */
  public String skip() {
    return prefix + "skip:" + TAG + ":" + task + ":" + job + "." + link;
  }

  /** Of a cluster, in a slot. */
  public String skip(int slot) {
    return prefix + "skip:" + tag(slot) + ":" + task + ":" + job + "." + link;
  }

  public String node() {
    return prefix + "node:" + TAG + ":" + task + ":" + nodeNumber();
  }

  /** The checkpoint of a hash slot, which falls in it. */
  public String checkpoint(int slot) {
    return prefix + "ckpt:" + tag(slot) + ":" + task + ":" + job + "." + link;
  }

  /** Beside {@link #checkpoint(int)}. */
  public String heal(int slot) {
    return prefix + "heal:" + tag(slot) + ":" + task + ":" + job + "." + link;
  }

  /** The hash of a node that falls in this slot. */
  public String node(int slot) {
    return prefix + "node:" + tag(slot) + ":" + task + ":" + nodeNumber();
  }

  /** The keys of another link of the same job. */
  public OwnKeys ofLink(int other) {
    return new OwnKeys(prefix, task, job, other);
  }

  public String claim() {
    return prefix + "claim";
  }

  /** The one claim of a cluster, which falls in slot 0. */
  public String clusterClaim() {
    return prefix + "claim:" + tag(0);
  }

  public String lock() {
    return prefix + "lock";
  }

  /** Jobs of one link only are from before there were several. */
  private String nodeNumber() {
    return link == 0 ? Integer.toString(job) : job + "." + link;
  }

  private static String tag(int slot) {
    return "{" + SlotTags.of(slot) + "}";
  }

  /**
   * What the names of all connections of this link begin with, whatever their incarnation, and of
   * no other link: each link is a writer of its own.
   */
  String connectionPrefix() {
    return jobConnectionPrefix() + link + "-";
  }

  /** The same of all links of the job. */
  String jobConnectionPrefix() {
    byte[] text = (prefix + "\n" + task + "\n" + job).getBytes(StandardCharsets.UTF_8);
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(text);
      return "cachesync-" + HexFormat.of().formatHex(hash, 0, 8) + "-";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  String connectionName(Epoch epoch, int serial, String incarnation) {
    return connectionPrefix()
        + String.join(
            "-", "e" + epoch.number(), epoch.nonce(), Integer.toString(serial), incarnation);
  }
}
