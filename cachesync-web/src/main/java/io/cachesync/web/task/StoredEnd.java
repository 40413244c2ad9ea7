package io.cachesync.web.task;

/**
 * One end of a task as its columns hold it.
 *
 * @param endpointId the registered endpoint, or null for one that was typed in
 * @param label what the pages call it: the registered name, or the address
 * @param json the contract's RedisEndpoint as it was when last saved, or null while unknown
 * @param secret the typed-in password, encrypted; null for none and for a registered endpoint
 * @param sentinelSecret as above, of sentinels that have one of their own
 */
public record StoredEnd(
    Long endpointId, String label, String json, String secret, String sentinelSecret) {

  static StoredEnd unknown() {
    return new StoredEnd(null, "", null, null, null);
  }

  /** Where it leads now. */
  StoredEnd at(String newJson) {
    return new StoredEnd(endpointId, label, newJson, secret, sentinelSecret);
  }

  StoredEnd called(String newLabel) {
    return new StoredEnd(endpointId, newLabel, json, secret, sentinelSecret);
  }

  /** Another login at the same place. */
  StoredEnd withLogin(String newJson, String newSecret, String newSentinelSecret) {
    return new StoredEnd(endpointId, label, newJson, newSecret, newSentinelSecret);
  }

  /** Whoever copies a task need not know its passwords, and could point them at another address. */
  StoredEnd withoutSecrets() {
    return new StoredEnd(endpointId, label, json, null, null);
  }

  /** Never with its secrets. */
  @Override
  public String toString() {
    return "StoredEnd[" + label + "]";
  }
}
