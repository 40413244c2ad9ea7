package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Phase;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Small strings of a slot cross many at a time between clusters: 7.4 sends them together. */
class SlotStringsIT {
  private static final int TAGS = 50;
  private static final int KEYS_OF_A_TAG = 100;

  @RegisterExtension static final ClusterServers SOURCE = new ClusterServers(ServerVersion.V7_4, 1);
  @RegisterExtension static final ClusterServers TARGET = new ClusterServers(ServerVersion.V7_4, 2);

  @BeforeEach
  void fill() {
    SOURCE.flush();
    TARGET.flush();
    try (RespClient source = SOURCE.masters().get(0).client()) {
      for (int tag = 0; tag < TAGS; tag++) {
        for (int i = 0; i < KEYS_OF_A_TAG; i++) {
          source.send(command("{t" + tag + "}:" + i, i));
        }
        // One whose slot has no other.
        source.send("SET", "alone:" + tag, "1");
      }
      for (int i = 0; i < TAGS * (KEYS_OF_A_TAG + 1); i++) {
        source.read();
      }
    }
  }

  @AfterEach
  void giveRightsBack() {
    for (RedisServer master : TARGET.masters()) {
      try (RespClient client = master.client()) {
        client.call("ACL", "SETUSER", "default", "+@all");
        client.call("CONFIG", "RESETSTAT");
      }
    }
  }

  @Test
  void setsManyOfASlotByOneCommand() {
    copy();
    // Of the 87 of a slot the first goes by itself, the others in two runs at most, or in more
    // where a value of another kind is read between them.
    assertThat(calls("mset")).isBetween((long) TAGS, TAGS * 14L);
    assertThat(calls("set")).isLessThan(TAGS * KEYS_OF_A_TAG / 4L);
  }

  @Test
  void setsOneByOneWhereOneMasterDoesNotLetUs() {
    try (RespClient client = TARGET.masters().get(1).client()) {
      client.call("ACL", "SETUSER", "default", "-mset");
    }
    copy();
    // The other master was asked whether it would.
    assertThat(calls("mset")).isEqualTo(1);
  }

  private static void copy() {
    try (RunningLinks links = RunningLinks.between(SOURCE, TARGET).start()) {
      links.awaitCaughtUp();
      assertThat(links.finish().phase()).as("%s", links.said()).isEqualTo(Phase.DONE);
    }
    assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
    assertThat(TARGET.keys()).isEqualTo(SOURCE.keys());
  }

  private static String[] command(String key, int i) {
    return switch (i % 15) {
      case 3 -> new String[] {"RPUSH", key, "a", "b"};
      case 8 -> new String[] {"SET", key, "soon", "PX", "90000000"};
      default -> new String[] {"SET", key, i % 2 == 0 ? Integer.toString(i) : "value-" + i};
    };
  }

  private static long calls(String command) {
    long all = 0;
    for (RedisServer master : List.copyOf(TARGET.masters())) {
      try (RespClient client = master.client()) {
        all += client.calls(command);
      }
    }
    return all;
  }
}
