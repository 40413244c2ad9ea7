package io.cachesync.web.machine;

/**
 * A machine as the REST API takes it.
 *
 * @param password given for a login by password
 * @param privateKey given for a login by key: the key file's text
 * @param passphrase of the key, or nothing
 * @param hostKey fingerprint of the host key, {@code SHA256:…}, that the caller confirms
 */
record MachineRequest(
    String name,
    String host,
    Integer port,
    String user,
    String password,
    String privateKey,
    String passphrase,
    String tags,
    Integer capacity,
    String baseDir,
    String hostKey) {

  MachineForm form() {
    return new MachineForm(
        name,
        host,
        port == null ? null : port.toString(),
        user,
        password != null && !password.isEmpty() ? LoginKind.PASSWORD : LoginKind.KEY,
        password,
        privateKey,
        passphrase,
        tags,
        capacity == null ? null : capacity.toString(),
        baseDir);
  }

  @Override
  public String toString() {
    return "MachineRequest[" + name + "]";
  }
}
