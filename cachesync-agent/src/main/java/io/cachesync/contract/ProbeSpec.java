package io.cachesync.contract;

/**
 * Asks an agent in the foreground what it sees of one endpoint.
 *
 * @param password empty for none; the spec travels on standard input and is not stored
 */
public record ProbeSpec(RedisEndpoint endpoint, String password) {
  public ProbeSpec {
    password = password == null ? "" : password;
  }

  @Override
  public String toString() {
    return "ProbeSpec[" + endpoint + ", password masked]";
  }
}
