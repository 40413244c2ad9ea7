package io.cachesync.contract;

/**
 * The secrets of one endpoint.
 *
 * @param password empty where it has none
 * @param sentinelPassword of its sentinels; empty where they have none, or that of the endpoint
 * @param identity what is shown to its servers where they speak TLS, or null for nothing
 */
public record EndpointSecrets(String password, String sentinelPassword, TlsIdentity identity) {
  public EndpointSecrets {
    password = password == null ? "" : password;
    sentinelPassword = sentinelPassword == null ? "" : sentinelPassword;
  }

  /** Passwords alone. */
  public EndpointSecrets(String password, String sentinelPassword) {
    this(password, sentinelPassword, null);
  }

  /** Without sentinels that have one of their own. */
  public static EndpointSecrets of(String password) {
    return new EndpointSecrets(password, "");
  }

  @Override
  public String toString() {
    return "EndpointSecrets[masked]";
  }
}
