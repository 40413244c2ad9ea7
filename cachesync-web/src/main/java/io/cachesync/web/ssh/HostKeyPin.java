package io.cachesync.web.ssh;

/**
 * A host's key as a person confirms it.
 *
 * @param algorithm type of the key, for example {@code ssh-ed25519}; asked for again at each
 *     connection, because a host has one key of each type
 * @param fingerprint as {@code ssh-keygen -lf} prints it: {@code SHA256:} and 43 characters
 */
public record HostKeyPin(String algorithm, String fingerprint) {
  public HostKeyPin {
    if (!algorithm.matches("[a-z0-9@.-]{3,64}")
        || !fingerprint.matches("SHA256:[A-Za-z0-9+/]{43}")) {
      throw new IllegalArgumentException("not a host key's type and fingerprint");
    }
  }

  /** Reads what {@link #text()} wrote. */
  public static HostKeyPin parse(String text) {
    int blank = text.indexOf(' ');
    if (blank < 0) {
      throw new IllegalArgumentException("not a host key's type and fingerprint");
    }
    return new HostKeyPin(text.substring(0, blank), text.substring(blank + 1));
  }

  /** The form in which it is stored. */
  public String text() {
    return algorithm + " " + fingerprint;
  }
}
