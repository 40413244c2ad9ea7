package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.KeyRename;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SORT and GEORADIUS name their destination among options, in any order. */
class StoredResultsIT {
  @RegisterExtension static final RedisServer OLD = new RedisServer(ServerVersion.V3_2);
  @RegisterExtension static final RedisServer NEW = new RedisServer(ServerVersion.V7_0);
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @RegisterExtension
  static final ClusterServers CLUSTER = new ClusterServers(ServerVersion.V7_0, 3);

  private enum From {
    OLD,
    NEW;

    RedisServer server() {
      return this == OLD ? StoredResultsIT.OLD : StoredResultsIT.NEW;
    }
  }

  @ParameterizedTest
  @EnumSource(From.class)
  void crossAFilterThatMovesThem(From from) {
    RedisServer source = from.server();
    source.flush();
    TARGET.flush();
    RunningLink.Setup setup = RunningLink.between(source, TARGET);
    setup.filter = moved(List.of("{same}list", "store*", "get", "geo", "near", "by"), List.of());
    try (RunningLink link = setup.start();
        RespClient client = source.client();
        RespClient target = TARGET.client()) {
      link.awaitCaughtUp();
      write(client);
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
      assertThat(link.status().deadLetters()).isEmpty();
      // What is not moved, and only that, is missing.
      assertThat(client.call("DEL", "other")).isEqualTo(1L);
      assertThat(DatasetComparer.compare(source, TARGET)).isEmpty();
      assertThat(target.list("LRANGE", "store", "0", "-1")).containsExactly("3", "2", "1");
      assertThat(target.list("LRANGE", "get", "0", "-1")).containsExactly("1", "2", "3");
      assertThat(target.list("ZRANGE", "near", "0", "-1")).containsExactly("a");
    }
  }

  @ParameterizedTest
  @EnumSource(From.class)
  void crossUnderAnotherName(From from) {
    RedisServer source = from.server();
    source.flush();
    TARGET.flush();
    RunningLink.Setup setup = RunningLink.between(source, TARGET);
    setup.filter = moved(List.of(), List.of(new KeyRename("store", "kept")));
    try (RunningLink link = setup.start();
        RespClient client = source.client();
        RespClient target = TARGET.client()) {
      link.awaitCaughtUp();
      write(client);
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
      assertThat(target.list("LRANGE", "kept", "0", "-1")).containsExactly("3", "2", "1");
      assertThat(target.list("LRANGE", "kept2", "0", "-1")).containsExactly("1", "2", "3");
      assertThat(target.list("ZRANGE", "keptdist", "0", "-1")).containsExactly("a");
      assertThat(target.number("DBSIZE")).isEqualTo(client.number("DBSIZE"));
    }
  }

  /** Its nodes see an option in a destination that has the name of one. */
  @Test
  void areFetchedWhereAClusterMisreadsThem() {
    NEW.flush();
    CLUSTER.flush();
    RunningLink.Setup setup = RunningLink.between(NEW, CLUSTER);
    setup.filter = new FilterSpec(List.of(0), false);
    try (RunningLink link = setup.start();
        RespClient client = NEW.client()) {
      link.awaitCaughtUp();
      for (String word : List.of("store", "get", "by", "limit")) {
        String list = "list{" + word + "}";
        client.call("RPUSH", list, "2", "1", "3");
        client.call("SORT", list, "STORE", word, "DESC");
        client.call("SORT", list, "STORE", word, "STORE", "{" + word + "}2", "DESC");
        client.call("SORT", list, "DESC", "STORE", "{" + word + "}3");
      }
      link.awaitCaughtUp();
      assertThat(link.healed(HealReason.CROSS_SLOT)).isPositive();
      assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
      assertThat(link.status().deadLetters()).isEmpty();
      assertThat(DatasetComparer.compare(NEW, CLUSTER)).isEmpty();
      assertThat(CLUSTER.keys()).isEqualTo(client.number("DBSIZE"));
    }
  }

  private static void write(RespClient client) {
    String list = "{same}list";
    client.call("RPUSH", list, "2", "1", "3");
    client.call("SORT", list, "STORE", "store", "DESC");
    client.call("SORT", list, "STORE", "other", "STORE", "store2");
    client.call("SORT", list, "STORE", "other", "GET", "store", "BY", "by", "LIMIT", "0", "2");
    client.call("SORT", list, "BY", "store", "STORE", "by", "DESC");
    client.call("SORT", list, "STORE", "get", "ASC", "ALPHA");
    client.call("GEOADD", "geo", "2.35", "48.85", "a", "13.4", "52.5", "store");
    String[] near = {"GEORADIUS", "geo", "2.3", "48.8", "50", "km"};
    client.call(with(near, "STORE", "other", "STORE", "near", "COUNT", "3", "DESC"));
    client.call(with(near, "STOREDIST", "storedist", "ASC"));
    client.call("GEORADIUSBYMEMBER", "geo", "store", "50", "km", "STORE", "store3", "DESC");
  }

  private static String[] with(String[] begin, String... end) {
    String[] all = Arrays.copyOf(begin, begin.length + end.length);
    System.arraycopy(end, 0, all, begin.length, end.length);
    return all;
  }

  private static FilterSpec moved(List<String> keys, List<KeyRename> renames) {
    return new FilterSpec(null, null, null, keys, null, null, null, null, renames, false);
  }
}
