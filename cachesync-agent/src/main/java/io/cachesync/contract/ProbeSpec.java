package io.cachesync.contract;

/**
 * Asks an agent in the foreground what it sees of one endpoint.
 *
 * @param password empty for none; the spec travels on standard input and is not stored
 * @param sentinelPassword as {@link EndpointSecrets#sentinelPassword}
 * @param identity as {@link EndpointSecrets#identity}
 */
public record ProbeSpec(
    RedisEndpoint endpoint, String password, String sentinelPassword, TlsIdentity identity) {
  public ProbeSpec {
    password = password == null ? "" : password;
    sentinelPassword = sentinelPassword == null ? "" : sentinelPassword;
  }

  /** Without sentinels that have a password of their own. */
  public ProbeSpec(RedisEndpoint endpoint, String password) {
    this(endpoint, password, "", null);
  }

  public ProbeSpec(RedisEndpoint endpoint, EndpointSecrets secrets) {
    this(endpoint, secrets.password(), secrets.sentinelPassword(), secrets.identity());
  }

  public EndpointSecrets secrets() {
    return new EndpointSecrets(password, sentinelPassword, identity);
  }

  @Override
  public String toString() {
    return "ProbeSpec[" + endpoint + ", password masked]";
  }
}
