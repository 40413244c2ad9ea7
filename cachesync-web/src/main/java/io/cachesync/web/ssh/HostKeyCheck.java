package io.cachesync.web.ssh;

import com.jcraft.jsch.HostKey;
import com.jcraft.jsch.HostKeyRepository;
import com.jcraft.jsch.UserInfo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** Compares the key that a host shows with the confirmed one, and remembers what it showed. */
final class HostKeyCheck implements HostKeyRepository {
  private final HostKeyPin pin;
  private volatile HostKeyPin shown;

  /**
   * @param pin the confirmed key, or null to refuse whatever is shown
   */
  HostKeyCheck(HostKeyPin pin) {
    this.pin = pin;
  }

  /** The key that the host showed, or null if it did not come to that. */
  HostKeyPin shown() {
    return shown;
  }

  boolean accepted() {
    return shown != null && shown.equals(pin);
  }

  @Override
  public int check(String host, byte[] key) {
    shown = pinOf(key);
    if (pin == null) {
      return NOT_INCLUDED;
    }
    return shown.equals(pin) ? OK : CHANGED;
  }

  /** A key's wire form begins with its type as a length and as many bytes (RFC 4253, 6.6). */
  static HostKeyPin pinOf(byte[] key) {
    int length = ByteBuffer.wrap(key).getInt();
    String type = new String(key, 4, length, StandardCharsets.US_ASCII);
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(key);
      return new HostKeyPin(
          type, "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void add(HostKey hostkey, UserInfo ui) {}

  @Override
  public void remove(String host, String type) {}

  @Override
  public void remove(String host, String type, byte[] key) {}

  @Override
  public String getKnownHostsRepositoryID() {
    return "confirmed fingerprint";
  }

  @Override
  public HostKey[] getHostKey() {
    return new HostKey[0];
  }

  @Override
  public HostKey[] getHostKey(String host, String type) {
    return new HostKey[0];
  }
}
