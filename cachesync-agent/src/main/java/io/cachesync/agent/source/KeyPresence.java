package io.cachesync.agent.source;

import io.cachesync.agent.redis.FunctionNames;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ReplyFault;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.redis.ServerVersion;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.io.Closeable;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Tells which keys a source has, and at last where its stream stood by then, on a connection of its
 * own:
 *
 * <pre>SELECT d · PTTL k · … ; …; INFO replication</pre>
 *
 * PTTL, because it needs no right that fetching does not need, and is no use of the key. For one
 * thread, but {@link #close} may come from any.
 */
public final class KeyPresence implements Closeable {
  private static final long ABSENT = -2;
  private static final Set<String> ELSEWHERE = Set.of("MOVED", "ASK", "TRYAGAIN");

  private final RedisConnection connection;
  private final ServerVersion version;
  private Fault refused;

  private KeyPresence(RedisConnection connection, ServerVersion version) {
    this.connection = connection;
    this.version = version;
  }

  public static KeyPresence of(RedisClient client) throws RedisException {
    RedisConnection connection = client.connect();
    try {
      return new KeyPresence(connection, connection.info().version());
    } catch (RedisException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Where the source stands.
   *
   * @param offset everything that was told before is of here, or of earlier
   */
  public record Standing(String replId, long offset) {}

  /**
   * Which of these keys there are; one that the user may not ask for counts as absent.
   *
   * @param types which types count, by the name that TYPE tells; null where all do
   * @param elsewhere told of a key that another node is to be asked for; whether it counts
   * @return the places in the list of those that there are
   */
  public BitSet present(
      int database, List<byte[]> keys, Predicate<String> types, Predicate<byte[]> elsewhere)
      throws IOException {
    BitSet present = new BitSet();
    RespWriter out = connection.out();
    out.begin(2).arg("SELECT").arg(database);
    for (byte[] key : keys) {
      if (types == null) {
        out.begin(2).arg("PTTL").arg(key);
      } else {
        out.begin(2).arg("TYPE").arg(key);
      }
    }
    connection.flush();
    connection.successOf(connection.read());
    for (int i = 0; i < keys.size(); i++) {
      RespValue reply = connection.read();
      if (reply.isError() && ELSEWHERE.contains(reply.errorPrefix())) {
        if (!elsewhere.test(keys.get(i))) {
          connection.successOf(reply);
        }
        present.set(i);
      } else if (reply.isError()) {
        forgive(reply);
      } else {
        boolean there =
            types == null
                ? reply.integer() != ABSENT
                : !reply.text().equals("none") && types.test(reply.text());
        present.set(i, there);
      }
    }
    return present;
  }

  /** Why some keys could not be asked for, or null. */
  public Fault refused() {
    return refused;
  }

  /** The names of its function libraries; empty where it does not tell. */
  public Optional<Set<String>> libraries() throws RedisException {
    return version.atLeast(7, 0) ? FunctionNames.read(connection) : Optional.of(Set.of());
  }

  public Standing standing() throws RedisException {
    // Below 4.0 the history has the name of the server, which stands in another section.
    ServerInfo info = version.atLeast(4, 0) ? connection.info("replication") : connection.info();
    return new Standing(info.replId(), info.replOffset());
  }

  @Override
  public void close() {
    connection.close();
  }

  private void forgive(RespValue reply) throws RedisException {
    Fault fault = ReplyFault.of(connection.toString(), reply.errorPrefix(), reply.text());
    boolean mayNot =
        fault.code() == FaultCode.NO_PERMISSION || fault.code() == FaultCode.TARGET_REFUSED;
    if (!mayNot) {
      throw new RedisException(fault);
    }
    refused = refused == null ? fault : refused;
  }
}
