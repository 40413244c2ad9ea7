package io.cachesync.agent.sync;

import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Why a source ends a full sync: to who waits for the snapshot it says nothing, it only closes the
 * connection. Asked on a connection of its own.
 */
final class SnapshotTrouble {
  private static final String BGSAVE_FAILED = "BGSAVE failed";

  private final RedisClient source;

  /** Whether the source's last BGSAVE had failed when it was asked last, as far as it tells. */
  private boolean failedBefore = true;

  /** Whether one that was made for us has failed, and none was made since that has not. */
  private boolean ours;

  SnapshotTrouble(RedisClient source) {
    this.source = source;
  }

  /** Before the source is asked for a full sync. From the thread that asks. */
  void asks() {
    failedBefore = mayHaveFailed();
    ours &= failedBefore;
  }

  /** It has made one. */
  void begun() {
    ours = false;
  }

  /**
   * What a full sync has ended by before its snapshot began. The source's last BGSAVE may have
   * failed long ago, as one that is sent without its disk does not change that, nor one that is
   * given up because nobody waits for it any more.
   *
   * @return SOURCE_SNAPSHOT_FAILED where the source tells that it could make none, otherwise the
   *     same fault, with what may be the reason
   */
  Fault beforeSnapshot(Fault fault) {
    try (RedisConnection connection = source.connect()) {
      boolean refused = fault.message().contains(BGSAVE_FAILED);
      ServerInfo info = connection.info("persistence");
      boolean failed = hasFailed(info) && info.number("rdb_bgsave_in_progress") != 1;
      if (!failed && !refused) {
        return fault;
      }
      ours |= failed && !failedBefore;
      if (!refused && !ours) {
        return new Fault(
            fault.code(),
            fault.message()
                + "; the source's last BGSAVE had failed before it was asked for this one"
                + " (rdb_last_bgsave_status:err), which may be why: see its log",
            fault.retryable());
      }
      List<String> told = new ArrayList<>();
      told.add(
          refused
              ? fault.message()
              : "its BGSAVE has failed (rdb_last_bgsave_status:err), and it closed the connection");
      String folder = setting(connection, "dir");
      if (!folder.isEmpty()) {
        told.add("it writes its snapshot to %s first".formatted(folder));
      }
      return Fault.retryable(
          FaultCode.SOURCE_SNAPSHOT_FAILED,
          "%s could not make a snapshot: %s".formatted(connection, String.join("; ", told)));
    } catch (RedisException e) {
      return fault; // Nothing more is known.
    }
  }

  /** Also where it does not tell. */
  private boolean mayHaveFailed() {
    try (RedisConnection connection = source.connect()) {
      return hasFailed(connection.info("persistence"));
    } catch (RedisException e) {
      return true;
    }
  }

  private static boolean hasFailed(ServerInfo info) {
    return info.text("rdb_last_bgsave_status").equals("err");
  }

  /**
   * What full syncs have ended by one after the other.
   *
   * @param times how many
   */
  static Fault again(RedisClient source, Fault fault, int times) {
    return Fault.retryable(
        FaultCode.FULL_SYNC_BREAKS_OFF,
        "%d full syncs in a row broke off before the source's stream, the last one by: %s; %s"
            .formatted(times, fault.message(), limits(source)));
  }

  private static String limits(RedisClient source) {
    try (RedisConnection connection = source.connect()) {
      String buffer = ofReplicas(setting(connection, "client-output-buffer-limit"));
      String timeout = setting(connection, "repl-timeout");
      if (buffer.isEmpty() && timeout.isEmpty()) {
        return "what limits a replica there may not be asked (CONFIG GET)";
      }
      return "a replica there has client-output-buffer-limit %s and repl-timeout %s"
          .formatted(buffer, timeout);
    } catch (RedisException e) {
      return "what limits a replica there could not be asked: " + e.fault().message();
    }
  }

  /** Of {@code normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60}. */
  private static String ofReplicas(String limits) {
    String[] words = limits.split(" ");
    for (int i = 0; i + 3 < words.length; i += 4) {
      String name = words[i].toLowerCase(Locale.ROOT);
      if (name.equals("slave") || name.equals("replica")) {
        return "replica %s %s %s".formatted(words[i + 1], words[i + 2], words[i + 3]);
      }
    }
    return "";
  }

  /** Empty where it may not be asked. */
  private static String setting(RedisConnection connection, String name) throws RedisException {
    RespValue reply = connection.tryCall("CONFIG", "GET", name);
    boolean told = reply.isArray() && reply.elements().size() == 2;
    return told ? reply.elements().get(1).text() : "";
  }
}
