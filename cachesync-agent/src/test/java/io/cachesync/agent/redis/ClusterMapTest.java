package io.cachesync.agent.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterMapTest {
  private static final HostAndPort ASKED = new HostAndPort("10.9.9.9", 7000);

  @Test
  void readsTheFormOf32() {
    ClusterMap map =
        parse(
            "aa 127.0.0.1:7001 myself,master - 0 0 1 connected 0-5460 [93->-bb] [77-<-bb]",
            "bb 127.0.0.1:7002 master - 0 1 2 connected 5461-10922 10924",
            "cc 127.0.0.1:7003 master,fail - 0 1 3 disconnected 10923 10925-16383",
            "dd 127.0.0.1:7004 slave bb 0 1 2 connected");
    assertThat(map.masters()).extracting(ClusterNode::id).containsExactly("aa", "bb", "cc");
    assertThat(map.owner(0).address()).hasToString("127.0.0.1:7001");
    assertThat(map.owner(10_924).id()).isEqualTo("bb");
    assertThat(map.owner(10_923).failed()).isTrue();
    assertThat(map.owner(16_383).id()).isEqualTo("cc");
    assertThat(map.openSlots()).containsExactly(93, 77);
    assertThat(map.nodes().get(3).isMaster()).isFalse();
    assertThat(map.nodes().get(3).master()).isEqualTo("bb");
  }

  @Test
  void readsTheFormOf72WithNamesAndPortsOfTheBus() {
    ClusterMap map =
        parse(
            "aa 10.0.0.1:7001@17001,node-1,tls-port=0,shard-id=x myself,master - 0 0 1 connected"
                + " 0-16383",
            "bb 2001:db8::7:7002@17002,, slave aa 0 1 1 connected",
            "cc :0@0 master,noaddr - 1 1 0 disconnected");
    assertThat(map.owner(5).address()).hasToString("10.0.0.1:7001");
    assertThat(map.nodes().get(1).address()).hasToString("[2001:db8::7]:7002");
    assertThat(map.nodes().get(2).failed()).isTrue();
    assertThat(map.masters()).hasSize(1);
  }

  @Test
  void aNodeThatDoesNotKnowItsAddressIsWhereItWasAsked() {
    assertThat(parse("aa :7000@17000 myself,master - 0 0 0 connected 1").owner(1).address())
        .isEqualTo(ASKED);
  }

  @Test
  void reachesNodesWhereTheMapOfAddressesSays() {
    HostAndPort announced = new HostAndPort("172.17.0.2", 7001);
    HostAndPort outside = new HostAndPort("192.0.2.7", 17_001);
    ClusterMap map =
        ClusterMap.parse(
            "aa 172.17.0.2:7001@17001 myself,master - 0 0 1 connected 0-16383",
            ASKED,
            AddressMap.of(Map.of(announced, outside)));
    assertThat(map.owner(9).address()).isEqualTo(outside);
  }

  @Test
  void tellsWhetherTwoNodesAgree() {
    String one = "aa 127.0.0.1:7001 master - 0 0 1 connected 0-99";
    assertThat(parse(one).sameOwners(parse(one))).isTrue();
    assertThat(parse(one).sameOwners(parse(one.replace("0-99", "0-98")))).isFalse();
    assertThat(parse(one).sameOwners(parse(one.replace("aa", "bb")))).isFalse();
  }

  @Test
  void refusesWhatIsNoMap() {
    assertThatThrownBy(() -> parse("# no cluster")).hasMessageContaining("# no cluster");
    assertThatThrownBy(() -> parse("aa 127.0.0.1:7001 master - 0 0 1 connected 0-16384"))
        .hasMessageContaining("0-16384");
  }

  @Test
  void readsRedirections() {
    assertThat(Redirect.parse("MOVED 3999 127.0.0.1:6381", ASKED))
        .isEqualTo(new Redirect(true, 3999, new HostAndPort("127.0.0.1", 6381)));
    assertThat(Redirect.parse("ASK 0 ::1:6381", ASKED))
        .isEqualTo(new Redirect(false, 0, new HostAndPort("::1", 6381)));
    assertThat(Redirect.parse("MOVED 1 :6381", ASKED).to())
        .isEqualTo(new HostAndPort("10.9.9.9", 6381));
    assertThatThrownBy(() -> Redirect.parse("TRYAGAIN later", ASKED)).hasMessageContaining("TRY");
    assertThatThrownBy(() -> Redirect.parse("MOVED x y:1", ASKED)).hasMessageContaining("MOVED x");
  }

  private static ClusterMap parse(String... lines) {
    return ClusterMap.parse(String.join("\n", lines) + "\n", ASKED, AddressMap.NONE);
  }
}
