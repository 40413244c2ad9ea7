package io.cachesync.agent.redis;

import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;

/** Makes connections to one endpoint; holds its credentials and shows them to nobody. */
public final class RedisClient {
  private final RedisEndpoint endpoint;
  private final EndpointSecrets secrets;
  private final RedisTimeouts timeouts;
  private final NodeFinder finder;
  private volatile HostAndPort last;

  /** Connections that may be open; who closes one does not tell. Guarded by itself. */
  private final Set<RedisConnection> opened = Collections.newSetFromMap(new WeakHashMap<>());

  /** The nodes that have ever answered: what breaks there later speaks as we do. */
  private final Set<HostAndPort> answering;

  private boolean aborted;

  /**
   * @param password empty for none
   */
  public RedisClient(RedisEndpoint endpoint, String password) {
    this(endpoint, password, RedisTimeouts.DEFAULT);
  }

  public RedisClient(RedisEndpoint endpoint, String password, RedisTimeouts timeouts) {
    this(endpoint, EndpointSecrets.of(password), timeouts);
  }

  public RedisClient(RedisEndpoint endpoint, EndpointSecrets secrets) {
    this(endpoint, secrets, RedisTimeouts.DEFAULT);
  }

  public RedisClient(RedisEndpoint endpoint, EndpointSecrets secrets, RedisTimeouts timeouts) {
    this(endpoint, secrets, timeouts, NodeFinder.of(endpoint));
  }

  /**
   * @param finder asked for the node to speak to before each connection that names none
   */
  public RedisClient(
      RedisEndpoint endpoint, EndpointSecrets secrets, RedisTimeouts timeouts, NodeFinder finder) {
    this(endpoint, secrets, timeouts, finder, ConcurrentHashMap.newKeySet());
  }

  private RedisClient(
      RedisEndpoint endpoint,
      EndpointSecrets secrets,
      RedisTimeouts timeouts,
      NodeFinder finder,
      Set<HostAndPort> answering) {
    this.answering = answering;
    this.endpoint = endpoint;
    this.secrets = secrets;
    this.timeouts = timeouts;
    this.finder = finder;
  }

  /** To one node of the same endpoint, the one that is found at each connection. */
  public RedisClient following(NodeFinder node) {
    return new RedisClient(endpoint, secrets, timeouts, node, answering);
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

  /** Where nodes of the endpoint are reached that announce another address. */
  public AddressMap addressMap() throws RedisException {
    Map<HostAndPort, HostAndPort> map = new HashMap<>();
    for (Map.Entry<String, String> entry : endpoint.addressMap().entrySet()) {
      try {
        map.put(HostAndPort.parse(entry.getKey()), HostAndPort.parse(entry.getValue()));
      } catch (IllegalArgumentException e) {
        throw new RedisException(
            Fault.fatal(
                FaultCode.ADDRESS_UNKNOWN,
                "the address map's entry %s=%s: %s"
                    .formatted(entry.getKey(), entry.getValue(), e.getMessage())),
            e);
      }
    }
    return AddressMap.of(map);
  }

  /** The node to speak to now; after a failover it may be another one. */
  public HostAndPort node() throws RedisException {
    HostAndPort found = finder.find(this);
    last = found;
    return found;
  }

  /** The node that was spoken to last, before that the first address as it was given. */
  public String lastNode() {
    HostAndPort found = last;
    return found == null ? endpoint.addresses().get(0) : found.toString();
  }

  /** Connects to the node to speak to now and signs in; to any of a cluster that answers. */
  public RedisConnection connect() throws RedisException {
    if (endpoint.topology() == Topology.SENTINEL) {
      return connectToMaster(node());
    }
    if (endpoint.topology() != Topology.CLUSTER || finder != NodeFinder.FIRST) {
      return connect(node());
    }
    RedisException last = null;
    for (HostAndPort address : addresses()) {
      try {
        return connect(address);
      } catch (RedisException e) {
        last = e;
      }
    }
    throw last == null
        ? new RedisException(Fault.fatal(FaultCode.ADDRESS_UNKNOWN, "no address is given"))
        : last;
  }

  /**
   * Connects to a sentinel. It often wants no password although its master does; where it does, it
   * is given its own, and the endpoint's where it has none of its own.
   */
  RedisConnection connectToSentinel(HostAndPort sentinel) throws RedisException {
    RedisConnection connection = open(sentinel, RedisTimeouts.ONE_OF_SEVERAL);
    try {
      if (connection.tryCall("PING").errorPrefix().equals("NOAUTH")) {
        boolean own = !secrets.sentinelPassword().isEmpty();
        connection.authenticate(
            own ? endpoint.sentinelUser() : endpoint.user(),
            own ? secrets.sentinelPassword() : secrets.password());
      }
      return connection;
    } catch (RedisException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** Connects to one node and signs in. */
  public RedisConnection connect(HostAndPort node) throws RedisException {
    return connect(node, timeouts);
  }

  /** As above, to ask what others know too: one that hangs is soon given up. */
  RedisConnection connectToAsk(HostAndPort node) throws RedisException {
    return connect(node, RedisTimeouts.ONE_OF_SEVERAL);
  }

  private RedisConnection connect(HostAndPort node, RedisTimeouts limits) throws RedisException {
    RedisConnection connection = open(node, limits);
    try {
      connection.authenticate(endpoint.user(), secrets.password());
      return connection;
    } catch (RedisException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private RedisConnection open(HostAndPort node, RedisTimeouts limits) throws RedisException {
    RedisConnection connection =
        RedisConnection.open(node, endpoint.tls(), secrets.identity(), limits, answering);
    synchronized (opened) {
      if (!aborted) {
        opened.add(connection);
        return connection;
      }
    }
    connection.close();
    throw new RedisException(
        Fault.fatal(FaultCode.STOPPED_BY_SIGNAL, node + " is not asked any more"));
  }

  /**
   * Closes every connection that it has made, which ends waiting reads, and makes no more. From any
   * thread. A connection that is just being made ends within its time limit.
   */
  public void abort() {
    List<RedisConnection> open;
    synchronized (opened) {
      aborted = true;
      open = new ArrayList<>(opened);
    }
    open.forEach(RedisConnection::close);
  }

  /** Sentinels tell a master before it is one, and for a moment after it was one. */
  private RedisConnection connectToMaster(HostAndPort node) throws RedisException {
    RedisConnection connection = connect(node);
    try {
      if (!connection.info("replication").isMaster()) {
        throw new RedisException(
            Fault.retryable(
                FaultCode.MASTER_DOWN,
                connection + " is what the sentinels tell for the master, and is a replica"));
      }
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
