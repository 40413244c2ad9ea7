package io.cachesync.web.machine;

/** The sealed secrets of a machine's login; the passphrase may be null. */
record MachineLogin(LoginKind loginKind, String secret, String passphrase) {
  @Override
  public String toString() {
    return "MachineLogin[masked]";
  }
}
