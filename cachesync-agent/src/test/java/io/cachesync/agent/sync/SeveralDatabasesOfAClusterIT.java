package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clusters of Valkey 9 may have several databases, whose keys move with their slots. */
@EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
class SeveralDatabasesOfAClusterIT {
  @RegisterExtension
  static final ClusterServers SOURCE =
      new ClusterServers(ServerVersion.VALKEY_9, 2).option("cluster-databases", "16");

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.VALKEY_9);

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
  }

  @Test
  void stopTheTaskWhereOthersThanTheFirstHoldKeys() {
    write(0, "one");
    write(3, "other");
    try (RunningLinks links = RunningLinks.between(SOURCE, TARGET).start()) {
      assertThat(links.end().fault().code()).isEqualTo(FaultCode.FILTER_INVALID);
      assertThat(links.end().fault().message()).contains("uses database 3", "--include-db 0");
    }
    assertThat(TARGET.keys()).isZero();
  }

  @Test
  void stopTheTaskWhereOthersThanTheFirstAreWrittenTo() {
    write(0, "one");
    try (RunningLinks links = RunningLinks.between(SOURCE, TARGET).start()) {
      links.awaitCaughtUp();
      write(3, "other");
      assertThat(links.end().fault().code()).isEqualTo(FaultCode.FILTER_INVALID);
    }
  }

  @Test
  void stayOutWhereTheFirstIsChosen() {
    write(0, "one");
    write(3, "other");
    RunningLinks.Setup setup = RunningLinks.between(SOURCE, TARGET);
    setup.filter = new FilterSpec(List.of(0), false);
    try (RunningLinks links = setup.start()) {
      links.awaitCaughtUp();
      write(3, "another");
      write(0, "two");
      assertThat(links.awaitCaughtUp().finish().phase()).isEqualTo(Phase.DONE);
    }
    try (RespClient there = TARGET.client()) {
      assertThat(there.list("KEYS", "*")).hasSize(2).contains("one", "two");
      there.call("SELECT", "3");
      assertThat(there.list("KEYS", "*")).isEmpty();
    }
  }

  private static void write(int database, String key) {
    try (RespClient client = SOURCE.ownerOf(ClusterServers.slot(key)).client()) {
      client.call("SELECT", Integer.toString(database));
      client.call("SET", key, "v");
    }
  }
}
