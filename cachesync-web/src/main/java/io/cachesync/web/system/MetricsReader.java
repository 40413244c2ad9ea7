package io.cachesync.web.system;

import io.cachesync.web.security.SystemActor;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Reads gauges from the database again and again, on each console, while it runs. */
public abstract class MetricsReader implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsReader.class);

  private final String name;
  private final Duration every;
  private ScheduledExecutorService reader;

  /**
   * A reader.
   *
   * @param name of its thread
   */
  protected MetricsReader(String name, Duration every) {
    this.name = name;
    this.every = every;
  }

  /** Reads all of them once. */
  protected abstract void read();

  @Override
  public void start() {
    reader = Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, name));
    reader.scheduleWithFixedDelay(this::readOrWarn, 0, every.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void stop() {
    reader.shutdownNow();
    reader = null;
  }

  @Override
  public boolean isRunning() {
    return reader != null;
  }

  private void readOrWarn() {
    try {
      SystemActor.run(this::read);
    } catch (RuntimeException e) {
      LOG.warn("{} were not read: {}", name, e.toString());
    }
  }
}
