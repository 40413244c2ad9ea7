package io.cachesync.web.ssh;

/**
 * A login on a host.
 *
 * @param pin the confirmed host key, or null while nobody has confirmed one; nothing but the
 *     fingerprint is asked of such a host
 */
public record SshTarget(String host, int port, String user, SshLogin login, HostKeyPin pin) {

  /** Host and port as people write them. */
  public String address() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
