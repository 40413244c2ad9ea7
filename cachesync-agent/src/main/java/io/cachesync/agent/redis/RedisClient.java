package io.cachesync.agent.redis;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.RedisEndpoint;
import java.util.List;

/** Makes connections to one endpoint; holds its credentials and shows them to nobody. */
public final class RedisClient {
  private final RedisEndpoint endpoint;
  private final String password;
  private final RedisTimeouts timeouts;

  /**
   * @param password empty for none
   */
  public RedisClient(RedisEndpoint endpoint, String password) {
    this(endpoint, password, RedisTimeouts.DEFAULT);
  }

  public RedisClient(RedisEndpoint endpoint, String password, RedisTimeouts timeouts) {
    this.endpoint = endpoint;
    this.password = password == null ? "" : password;
    this.timeouts = timeouts;
  }

  public RedisEndpoint endpoint() {
    return endpoint;
  }

  /** The nodes of the endpoint as it was given. */
  public List<HostAndPort> addresses() throws RedisException {
    try {
      return endpoint.addresses().stream().map(HostAndPort::parse).toList();
    } catch (IllegalArgumentException e) {
      throw new RedisException(Fault.fatal(FaultCode.ADDRESS_UNKNOWN, e.getMessage()), e);
    }
  }

  /** Connects to the first address and signs in. */
  public RedisConnection connect() throws RedisException {
    List<HostAndPort> addresses = addresses();
    if (addresses.isEmpty()) {
      throw new RedisException(Fault.fatal(FaultCode.ADDRESS_UNKNOWN, "no address is given"));
    }
    return connect(addresses.get(0));
  }

  /** Connects to one node and signs in. */
  public RedisConnection connect(HostAndPort node) throws RedisException {
    RedisConnection connection = RedisConnection.open(node, endpoint.tls(), timeouts);
    try {
      connection.authenticate(endpoint.user(), password);
      return connection;
    } catch (RedisException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public String toString() {
    return endpoint.addresses().toString();
  }
}
