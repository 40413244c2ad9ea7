package io.cachesync.scenario;

import io.cachesync.agent.sample.SampleWriter;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.ServerVersion;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A source with a password and a target, for the tests of a class; empty before each of them. */
final class CommandLineServers implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {
  static final String SECRET = "hunter2-and-more";

  private final RedisServer source = new RedisServer(ServerVersion.V7_0).password(SECRET);
  private final RedisServer target = new RedisServer(ServerVersion.V7_0);

  RedisServer source() {
    return source;
  }

  RedisServer target() {
    return target;
  }

  /** Writes sample data to the source. */
  void fill(long keys) throws Exception {
    try (SampleWriter writer = writer()) {
      writer.fill(keys, 5);
    }
  }

  SampleWriter writer() throws Exception {
    RedisEndpoint endpoint =
        new RedisEndpoint(Topology.STANDALONE, List.of(source.address()), "", null);
    return SampleWriter.connect(endpoint, SECRET);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    source.beforeAll(context);
    target.beforeAll(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    source.flush();
    target.flush();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    source.afterAll(context);
    target.afterAll(context);
  }
}
