package io.cachesync.agent.source;

import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether a replica below 4.0 still has the data that its stream led to. Its stream goes by its own
 * name whatever its master, so it tells nothing of a snapshot that it has taken of it since: what
 * came with that is in no stream. With another master it counts from 0, and may come by where it
 * was left; before 2.8.22 and 3.0.4 it even goes on from its former backlog. Its connection to its
 * master tells: CLIENT LIST has it with the flag M, under an id that stays the same over a partial
 * resync and is another one behind a snapshot.
 *
 * <p>One for all connections of a link, over its starts; for whichever thread makes one.
 */
public final class MasterLink {
  /** Of a master. */
  private static final String NONE = "";

  /** Where it is kept for the next start, or null. */
  private final Path file;

  /** As it was when the source was last attached to, or null where it never was. */
  private volatile String known;

  /** Forgets with the process. */
  public MasterLink() {
    this(null);
  }

  /**
   * @param file where it is kept
   */
  public MasterLink(Path file) {
    this.file = file;
  }

  /**
   * To be asked before PSYNC of a server that names no history of its own.
   *
   * @param told what it says of its replication
   * @param goesOn whether a partial resync is to be asked for
   * @throws FaultException BACKLOG_OVERRUN where what the backlog has may not be all; MASTER_DOWN
   *     where it is a replica that is away from its master
   */
  void verify(RedisConnection connection, ServerInfo told, boolean goesOn) throws IOException {
    String now = told.isMaster() ? NONE : id(connection);
    if (!connection.info("replication").masterLinkUp()) {
      throw new FaultException(
          Fault.retryable(
              FaultCode.MASTER_DOWN, connection + " is a replica without its master for now"));
    }
    String before = before();
    if (goesOn && !isSame(before, now)) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.BACKLOG_OVERRUN,
              ("%s is, or was, a replica, and may have copied its master anew since; below 4.0 its"
                      + " stream does not tell, and what came with that copy would be missing")
                  .formatted(connection)));
    }
    if (!now.equals(before) && (before != null || !now.equals(NONE))) {
      keep(now);
    }
    known = now;
  }

  /** A master that was never seen as anything else is one that was always a master. */
  private static boolean isSame(String before, String now) {
    return before == null ? now.equals(NONE) : before.equals(now);
  }

  private String before() throws IOException {
    if (known == null && file != null && Files.exists(file)) {
      return Files.readString(file);
    }
    return known;
  }

  private void keep(String id) throws IOException {
    if (file != null) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, id);
    }
  }

  /** Never the same twice where it cannot be told. */
  private static String id(RedisConnection connection) throws RedisException {
    RespValue clients = connection.tryCall("CLIENT", "LIST");
    if (!clients.isError()) {
      for (String line : clients.text().split("\n")) {
        if (word(line, "flags=").contains("M") && !word(line, "id=").isEmpty()) {
          return word(line, "id=");
        }
      }
    }
    return "unknown since " + System.nanoTime();
  }

  private static String word(String line, String name) {
    for (String word : line.split(" ")) {
      if (word.startsWith(name)) {
        return word.substring(name.length());
      }
    }
    return "";
  }
}
