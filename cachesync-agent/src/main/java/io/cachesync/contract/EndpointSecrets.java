package io.cachesync.contract;

/**
 * The passwords of one endpoint.
 *
 * @param password empty where it has none
 * @param sentinelPassword of its sentinels; empty where they have none, or that of the endpoint
 */
public record EndpointSecrets(String password, String sentinelPassword) {
  public EndpointSecrets {
    password = password == null ? "" : password;
    sentinelPassword = sentinelPassword == null ? "" : sentinelPassword;
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
