package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.HealReason;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a target can be sent is asked of each connection to it. */
class TargetUpgradeIT {
  private static final String LIBRARY =
      "#!lua name=lib\nredis.register_function('f', function(keys, args) return 1 end)";

  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0);

  @Test
  void whatTheNewMasterHasAPlaceForIsSentToIt() throws Exception {
    try (RedisServer former = new RedisServer(ServerVersion.V6_2).start();
        RedisServer next =
            new RedisServer(ServerVersion.V7_0)
                .option("replicaof", "127.0.0.1 " + former.port())
                .start();
        FaultProxy address = new FaultProxy(former.port());
        RespClient client = SOURCE.client();
        RespClient promoted = next.client()) {
      Awaitility.await()
          .until(() -> promoted.info("replication").get("master_link_status").equals("up"));
      RunningLink.Setup setup =
          new RunningLink.Setup(SOURCE.address(), "127.0.0.1:" + address.port());
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        client.call("ZADD", "z", "1", "a", "2", "b");
        client.call("XADD", "st", "1-1", "f", "v");
        client.call("XGROUP", "CREATE", "st", "g", "0");
        link.awaitCaughtUp();
        Awaitility.await().until(() -> next.replOffset() == former.replOffset());
        former.kill();
        promoted.call("REPLICAOF", "NO", "ONE");
        address.leadTo(next.port());
        address.cut();
        // Functions have no place at the former one.
        client.call("FUNCTION", "LOAD", LIBRARY);
        client.call("XREADGROUP", "GROUP", "g", "one", "STREAMS", "st", ">");
        client.call("XDEL", "st", "1-1");
        client.call("XCLAIM", "st", "g", "two", "0", "1-1");
        link.awaitCaughtUp();
        assertThat(promoted.list("FUNCTION", "LIST")).hasSize(1);
        assertThat(promoted.calls("eval")).as("in the words for 6.2").isZero();
        assertThat(link.healed(HealReason.OLDER_TARGET)).isZero();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
      DatasetComparer.assertEqual(SOURCE, next);
    }
  }
}
