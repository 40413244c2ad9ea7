package io.cachesync.agent.checkpoint;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The names of our keys at a target, and of our connections to it.
 *
 * <pre>
 * cachesync:ckpt:{0}:TASK:JOB.LINK   the lane's checkpoint, in the task's lowest database
 * cachesync:node:{0}:TASK:JOB        epoch, nonce, generation, done, what is moved; beside it
 * cachesync:heal:{0}:TASK:JOB.LINK   keys that are ahead, healed, dead letters; beside it
 * cachesync:claim                    which task moves into which databases; beside it
 * cachesync:lock                     in database 0, while a claim is being made
 * </pre>
 *
 * @param prefix what each of them begins with
 * @param job number of the job inside the task
 * @param link number of the link inside the job
 */
public record OwnKeys(String prefix, String task, int job, int link) {
  /** Cluster targets have one tag per slot; a standalone target has this one. */
  private static final String TAG = "{0}";

  public String checkpoint() {
    return prefix + "ckpt:" + TAG + ":" + task + ":" + job + "." + link;
  }

  public String heal() {
    return prefix + "heal:" + TAG + ":" + task + ":" + job + "." + link;
  }

  public String node() {
    return prefix + "node:" + TAG + ":" + task + ":" + job;
  }

  public String claim() {
    return prefix + "claim";
  }

  public String lock() {
    return prefix + "lock";
  }

  /** What the names of all connections of this job begin with, whatever their incarnation. */
  String connectionPrefix() {
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
            "-",
            Integer.toString(link),
            "e" + epoch.number(),
            epoch.nonce(),
            Integer.toString(serial),
            incarnation);
  }
}
