package io.cachesync.agent.source;

import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ReplyFault;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.redis.SlotMigrations;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import java.io.IOException;
import java.util.regex.Pattern;

/**
 * What a replica says before the stream, one step at a time as old servers want it: PSYNC is
 * refused while an answer is still owed.
 */
final class Handshake {
  /**
   * The answer to PSYNC.
   *
   * @param full whether a snapshot follows
   * @param replId the source's id, empty where it gives none (CONTINUE below 4.0)
   * @param offset of FULLRESYNC, otherwise -1
   */
  record Answer(boolean full, String replId, long offset) {}

  /** The version of Valkey whose snapshots are read. */
  private static final String VALKEY_FORMAT = "9.0.0";

  private static final Pattern FIELD_TIMES = Pattern.compile("keys_with_volatile_items=[1-9]");

  private final RedisConnection connection;
  private final MasterLink masterLink;
  private boolean knowsCapabilities;

  /**
   * @param masterLink what is known of former connections
   */
  Handshake(RedisConnection connection, MasterLink masterLink) {
    this.connection = connection;
    this.masterLink = masterLink;
  }

  /**
   * Says who we are.
   *
   * @return what the source says of itself, or null where it may not be asked
   */
  ServerInfo introduce() throws IOException {
    ping();
    announce("listening-port", Integer.toString(connection.localPort()));
    knowsCapabilities = announce("capa", "eof", "capa", "psync2");
    RespValue reply = connection.tryCall("INFO");
    if (reply.isError()) {
      return null; // PSYNC itself will tell.
    }
    ServerInfo told = ServerInfo.parse(reply.text());
    if (mustTellVersion(told, reply.text())) {
      announce("version", VALKEY_FORMAT);
    }
    return told;
  }

  /**
   * Asks for the stream, or for a snapshot.
   *
   * @param heldUpTo up to where what the source has sent or shown is held, as far as that is known
   */
  Answer ask(ReplicationPosition from, long heldUpTo) throws IOException {
    verifyMasterLink(!from.isNone());
    if (!knowsCapabilities && from.isNone()) {
      awaitNoSave();
    }
    if (!from.isNone()) {
      refuseLostHistory(from, Math.max(heldUpTo, from.offset()));
    }
    // Never a fourth argument: FAILOVER would promote the server.
    if (from.isNone()) {
      connection.out().command("PSYNC", "?", "-1");
    } else {
      connection.out().command("PSYNC", from.replId(), Long.toString(from.offset() + 1));
    }
    connection.flush();
    return answer(connection.readReplicationLine());
  }

  /** Below 4.0 a history has but the name of the server. */
  private void verifyMasterLink(boolean goesOn) throws IOException {
    RespValue reply = connection.tryCall("INFO", "replication");
    if (reply.isError()) {
      return; // PSYNC itself will tell.
    }
    ServerInfo told = ServerInfo.parse(reply.text());
    if (told.text("master_replid").isEmpty()) {
      masterLink.verify(connection, told, goesOn);
    }
  }

  /**
   * A promoted replica goes on from its master's history up to second_repl_offset less one
   * (replication.c, masterTryPartialResynchronization). Asked before PSYNC, which would begin a
   * snapshot.
   */
  private void refuseLostHistory(ReplicationPosition from, long held) throws FaultException {
    RespValue reply = connection.tryCall("INFO", "replication");
    if (reply.isError()) {
      return; // PSYNC itself will tell.
    }
    ServerInfo info = ServerInfo.parse(reply.text());
    refuseToWaitForItsOwnPast(from, info);
    long second = info.number("second_repl_offset");
    if (info.text("master_replid2").equals(from.replId()) && second >= 0 && held >= second) {
      throw new LostHistoryException(
          connection.toString(), from.replId(), info.replId(), second - 1, held);
    }
  }

  /**
   * A replica that was started again stands behind what it has sent, under the same id, until its
   * master has brought it up; PSYNC would begin a snapshot meanwhile. A master that stands there
   * was set back as a whole, and what comes next at those offsets is something else.
   */
  private void refuseToWaitForItsOwnPast(ReplicationPosition from, ServerInfo info)
      throws FaultException {
    boolean behind =
        info.text("master_replid").equals(from.replId()) && info.replOffset() < from.offset();
    if (!behind) {
      return;
    }
    String stands =
        "%s stands at offset %d of the history %s, and had sent %d before"
            .formatted(connection, info.replOffset(), from.replId(), from.offset());
    throw new FaultException(
        info.isMaster()
            ? Fault.fatal(FaultCode.SOURCE_REPLACED, stands + ": it was set back")
            : Fault.retryable(FaultCode.SOURCE_REFUSED, stands + ": its master brings it up"));
  }

  /**
   * To who tells no version Valkey 9 writes as Redis 7.2 does, and closes the connection where a
   * field of a hash has a time, or where slots are just coming in. Told only where it must be: a
   * cluster of Valkey 8 or later moves no slot before every replica that has told one acknowledges
   * it, within two seconds, which a first copy or a pause does not.
   */
  private boolean mustTellVersion(ServerInfo told, String text) throws FaultException {
    return told.product().equals("valkey")
        && told.version().atLeast(9, 0)
        && (told.number("cluster_enabled") != 1
            || FIELD_TIMES.matcher(text).find()
            || !SlotMigrations.underWay(connection).isEmpty());
  }

  private void ping() throws FaultException {
    RespValue reply = connection.tryCall("PING");
    // A replica's account needs no PING, and the next steps tell what is missing.
    if (reply.isError() && !reply.errorPrefix().equals("NOPERM")) {
      connection.successOf(reply);
    }
  }

  /**
   * Whether FULLRESYNC tells the offset at which the snapshot begins. Before 2.8.22 and 3.0.4,
   * which know no capabilities either, it tells the one at which it was asked for, and what is
   * written until the snapshot begins is in nobody's count.
   */
  boolean offsetIsThatOfTheSnapshot(boolean diskless) {
    return knowsCapabilities || !diskless;
  }

  /** In those versions a snapshot on disk begins at once, unless one is being made already. */
  private void awaitNoSave() throws FaultException {
    if (connection.info("persistence").number("rdb_bgsave_in_progress") == 1) {
      throw new FaultException(
          Fault.retryable(
              FaultCode.SOURCE_REFUSED,
              connection + " is saving, and this version would tell a wrong offset meanwhile"));
    }
  }

  /** Old servers do not know every option; only a missing right is final. */
  private boolean announce(String... options) throws FaultException {
    String[] words = new String[options.length + 1];
    words[0] = "REPLCONF";
    System.arraycopy(options, 0, words, 1, options.length);
    RespValue reply = connection.tryCall(words);
    if (reply.errorPrefix().equals("NOPERM")) {
      throw forbidden("REPLCONF", reply.text());
    }
    return !reply.isError();
  }

  private Answer answer(String line) throws FaultException {
    String[] words = line.split(" ");
    if (words[0].equals("+FULLRESYNC") && words.length >= 3) {
      return new Answer(true, words[1], offset(words[2], line));
    }
    if (words[0].equals("+CONTINUE")) {
      return new Answer(false, words.length > 1 ? words[1] : "", -1);
    }
    if (line.startsWith("-")) {
      throw refused(words[0].substring(1), line.substring(1));
    }
    throw unexpected(line);
  }

  private long offset(String word, String line) throws FaultException {
    try {
      return Long.parseLong(word);
    } catch (NumberFormatException e) {
      throw unexpected(line);
    }
  }

  /** Finds out why by asking, since texts differ from version to version. */
  private FaultException refused(String prefix, String text) {
    if (prefix.equals("NOPERM")) {
      return forbidden("PSYNC", text);
    }
    if (!prefix.equals("ERR")) {
      return new FaultException(ReplyFault.of(connection.toString(), prefix, text));
    }
    try {
      ServerInfo info = connection.info();
      if (!info.version().atLeast(2, 8)) {
        return new FaultException(
            Fault.fatal(
                FaultCode.SOURCE_TOO_OLD,
                connection + " is version " + info.version() + "; PSYNC begins with 2.8"));
      }
      if (!info.masterLinkUp()) {
        return new FaultException(
            Fault.retryable(
                FaultCode.MASTER_DOWN, connection + " is a replica without its master: " + text));
      }
      RespValue known = connection.tryCall("COMMAND", "INFO", "psync");
      if (known.isArray() && known.elements().size() == 1 && known.elements().get(0).isNull()) {
        return forbidden("PSYNC", text);
      }
    } catch (RedisException e) {
      return sourceRefused(text);
    }
    return sourceRefused(text);
  }

  private FaultException sourceRefused(String text) {
    return new FaultException(
        Fault.retryable(FaultCode.SOURCE_REFUSED, connection + " refused PSYNC: " + text));
  }

  private FaultException forbidden(String command, String text) {
    return new FaultException(
        Fault.fatal(
            FaultCode.PSYNC_FORBIDDEN, connection + " does not allow " + command + ": " + text));
  }

  private FaultException unexpected(String line) {
    return new FaultException(
        Fault.fatal(FaultCode.PROTOCOL_ERROR, connection + " answered PSYNC with " + line));
  }
}
