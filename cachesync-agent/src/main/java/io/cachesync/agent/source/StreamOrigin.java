package io.cachesync.agent.source;

import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.MasterOfReplica;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;

/**
 * Who writes a stream. A replica passes on what its master writes, as it is, and a server that was
 * promoted has what came before in its backlog: the version that counts is that of the server whose
 * history it is, and only behind where it began. From 4.0 on a server ends every connection of a
 * replica when either changes.
 *
 * @param replId of that history
 * @param formerReplId of the one that it goes on from, or empty
 * @param begin the history's own commands lie behind this offset
 * @param level the version of Redis whose commands they are, as major * 100 + minor; 0 where it is
 *     not known
 */
public record StreamOrigin(String replId, String formerReplId, long begin, int level) {
  /** Of a source that does not tell. */
  static final StreamOrigin UNKNOWN = new StreamOrigin("", "", -1, 0);

  /**
   * What a source tells before its stream begins.
   *
   * @param told what it says of itself
   * @param client that reaches its master where it is a replica
   */
  static StreamOrigin of(ServerInfo told, RedisClient client) {
    if (told.isMaster()) {
      return ofMaster(told);
    }
    String history = told.text("master_replid");
    if (history.isEmpty()) {
      return UNKNOWN; // Below 4.0 nothing tells that its master is still the same.
    }
    try {
      RedisClient above =
          client.following(
              asked ->
                  MasterOfReplica.above(asked, MasterOfReplica.masterOf(told, asked.addressMap())));
      try (RedisConnection master = above.connect()) {
        ServerInfo info = master.info();
        return info.isMaster() && info.replId().equals(history) ? ofMaster(info) : UNKNOWN;
      }
    } catch (RedisException e) {
      return UNKNOWN;
    }
  }

  /**
   * This, where it is of the history that the source has answered with. By then it may have become
   * a master, or begun another history where nobody had asked for its stream before: it is asked
   * once more.
   *
   * @param history the replication id of the stream that comes
   */
  StreamOrigin answeredWith(String history, RedisClient client, HostAndPort node) {
    if (replId.equals(history)) {
      return this;
    }
    try (RedisConnection connection = client.connect(node)) {
      ServerInfo info = connection.info();
      return info.isMaster() && info.replId().equals(history) ? ofMaster(info) : UNKNOWN;
    } catch (RedisException e) {
      return UNKNOWN;
    }
  }

  private static StreamOrigin ofMaster(ServerInfo info) {
    long second = info.number("second_repl_offset");
    if (!info.text("master_replid").isEmpty() && info.text("second_repl_offset").isEmpty()) {
      return UNKNOWN; // Some services leave fields out.
    }
    return second < 0
        ? new StreamOrigin(info.replId(), "", -1, info.commandLevel())
        : new StreamOrigin(
            info.replId(), info.text("master_replid2"), second - 1, info.commandLevel());
  }
}
