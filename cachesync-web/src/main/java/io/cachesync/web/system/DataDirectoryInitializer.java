package io.cachesync.web.system;

import java.io.IOException;
import java.nio.file.Path;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/** Makes the data directory, closed to others, before the embedded database puts its file there. */
public final class DataDirectoryInitializer
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {
  @Override
  public void initialize(ConfigurableApplicationContext context) {
    DataDirectory data =
        new DataDirectory(
            Path.of(context.getEnvironment().getProperty("cachesync.data-dir", "data")));
    try {
      data.create();
    } catch (IOException e) {
      throw new RefusesToStartException(
          "The data directory " + data.path() + " cannot be made: " + e.getMessage(),
          "Make it yourself, owned by the user that runs the console, or set cachesync.data-dir.");
    }
  }
}
