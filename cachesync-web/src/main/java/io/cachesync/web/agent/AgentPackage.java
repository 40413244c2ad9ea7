package io.cachesync.web.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;

/** The agent that this console carries. */
@Component
public class AgentPackage {
  private static final ClassPathResource JAR = new ClassPathResource("agent/cachesync-agent.jar");
  private String sha256;

  /**
   * The jar's hash in hex.
   *
   * @throws AgentFault when this console was built without an agent
   */
  public synchronized String sha256() {
    if (sha256 == null) {
      try (InputStream in = open()) {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        new DigestInputStream(in, digest).transferTo(java.io.OutputStream.nullOutputStream());
        sha256 = HexFormat.of().formatHex(digest.digest());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
    return sha256;
  }

  /** Where it lies below a machine's base directory: by its hash, so that none is overwritten. */
  String path(String basePath) {
    return directory(basePath) + "/cachesync-agent.jar";
  }

  String directory(String basePath) {
    return basePath + "/agent/" + sha256();
  }

  InputStream open() {
    try {
      if (!JAR.exists()) {
        throw new AgentFault(
            AgentFault.Code.NOT_INSTALLED, "this console was built without an agent");
      }
      return JAR.getInputStream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
