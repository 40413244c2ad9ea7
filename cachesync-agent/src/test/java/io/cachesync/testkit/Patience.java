package io.cachesync.testkit;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What a test waits for may take long on a machine that is busy; only a test that fails waits to
 * the end. Found by every test class of both modules: {@code junit-platform.properties}.
 */
public final class Patience implements BeforeAllCallback {
  private static final Duration DEFAULT = Duration.ofSeconds(60);

  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.setDefaultTimeout(DEFAULT);
  }
}
