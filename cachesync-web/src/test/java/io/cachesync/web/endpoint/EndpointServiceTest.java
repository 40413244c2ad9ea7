package io.cachesync.web.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.web.system.PageRequest;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.testkit.DatabaseTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.test.context.support.WithMockUser;

@DatabaseTest
@Import({EndpointService.class, EndpointServiceTest.Uses.class})
@WithMockUser(username = "olga", roles = "OPERATOR")
class EndpointServiceTest {
  @Autowired private EndpointService endpoints;
  @Autowired private EndpointMapper mapper;
  @Autowired private Uses uses;
  @Autowired private DataSource dataSource;

  @Test
  void keepsThePasswordSealedAndOutOfEverythingElse() {
    Endpoint added = endpoints.add(form("orders", "10.0.0.1:6379", "s3cret", 0L));

    assertThat(endpoints.secrets(added.id()).password()).isEqualTo("s3cret");
    assertThat(mapper.secrets(added.id()).password()).startsWith("v1:").doesNotContain("s3cret");
    assertThat(added.hasSecret()).isTrue();
    assertThat(added + form("orders", "a:1", "s3cret", 0L).toString()).doesNotContain("s3cret");
    assertThat(audit()).containsExactly("olga endpoint.add orders 10.0.0.1:6379");
  }

  @Test
  void takesTheLoginOutOfAUri() {
    Endpoint added = endpoints.add(form("orders", "rediss://mig:p%40ss@[::1]:7000/", "", 0L));

    assertThat(added.addresses()).isEqualTo("[::1]:7000");
    assertThat(added.loginUser()).isEqualTo("mig");
    assertThat(added.tls()).isTrue();
    assertThat(endpoints.secrets(added.id()).password()).isEqualTo("p@ss");
    assertThat(added.toContract().tls()).isNotNull();
  }

  @Test
  void keepsOrRemovesThePasswordWhenItIsEdited() {
    Endpoint added = endpoints.add(form("orders", "10.0.0.1", "s3cret", 0L));

    Endpoint kept = endpoints.edit(added.id(), form("orders2", "10.0.0.1", "", 0L));
    assertThat(kept.name()).isEqualTo("orders2");
    assertThat(endpoints.secrets(added.id()).password()).isEqualTo("s3cret");

    EndpointForm without =
        new EndpointForm(
            "orders2",
            "",
            "",
            "",
            null,
            "10.0.0.2:7",
            "",
            "",
            "",
            "",
            true,
            "",
            "",
            false,
            false,
            "",
            "",
            "",
            "",
            false,
            kept.version());
    assertThat(endpoints.edit(added.id(), without).hasSecret()).isFalse();
    assertThat(endpoints.secrets(added.id()).password()).isEmpty();
  }

  @Test
  void keepsTheLoginOfSentinelsForThemAlone() {
    Endpoint added = endpoints.add(sentinels("s:1, s:2", "orders", "watch", "wache", 0L));
    assertThat(added.toContract().sentinelUser()).isEqualTo("watch");
    assertThat(added.hasSentinelSecret()).isTrue();
    assertThat(mapper.secrets(added.id()).sentinelPassword()).doesNotContain("wache");
    assertThat(endpoints.secrets(added.id())).isEqualTo(new EndpointSecrets("", "wache"));

    Endpoint kept = endpoints.edit(added.id(), sentinels("s:1, s:2", "other", "watch", "", 0L));
    assertThat(endpoints.secrets(added.id()).sentinelPassword()).isEqualTo("wache");
    long version = kept.version();
    assertThat(
            catchThrowableOfType(
                    Refusal.class,
                    () ->
                        endpoints.edit(
                            added.id(), sentinels("evil:1", "other", "watch", "", version)))
                .field())
        .isEqualTo("sentinelPassword");
    Endpoint server = endpoints.changeTopology(added.id(), Topology.CLUSTER, "", version);
    assertThat(server.hasSentinelSecret()).isFalse();
    assertThat(server.sentinelUser()).isEmpty();
  }

  @Test
  void refusesALoginOfSentinelsThatIsNone() {
    assertThat(
            catchThrowableOfType(
                    Refusal.class, () -> endpoints.add(sentinels("s:1", "orders", "watch", "", 0L)))
                .key())
        .isEqualTo("endpoint.invalid.sentinelUserAlone");
    EndpointForm cluster =
        new EndpointForm(
            "orders", "", "", "", "CLUSTER", "s:1", "", "", "", "", false, "watch", "wache", false,
            false, "", "", "", "", false, 0L);
    assertThat(catchThrowableOfType(Refusal.class, () -> endpoints.add(cluster)).key())
        .isEqualTo("endpoint.invalid.sentinelLoginOfOther");
  }

  @Test
  void sendsAStoredPasswordToNoOtherAddress() {
    Endpoint added = endpoints.add(form("orders", "10.0.0.1", "s3cret", 0L));

    assertRefused(
        () -> endpoints.edit(added.id(), form("orders", "10.0.0.2", "", 0L)),
        "endpoint.invalid.passwordAgain");

    endpoints.edit(added.id(), form("orders", "10.0.0.2", "again", 0L));
    assertThat(endpoints.secrets(added.id()).password()).isEqualTo("again");
  }

  @Test
  void staysWhereItIsWhileATaskRunsOnIt() {
    Endpoint added = endpoints.add(form("orders", "10.0.0.1", "s3cret", 0L));
    uses.begin(added);
    assertRefused(
        () -> endpoints.edit(added.id(), form("orders", "10.0.0.2", "s3cret", 0L)),
        "endpoint.refused.runs");
    assertThat(endpoints.edit(added.id(), form("orders", "10.0.0.1", "rotated", 0L)).addresses())
        .isEqualTo("10.0.0.1:6379");
    assertThat(endpoints.secrets(added.id()).password()).isEqualTo("rotated");
    uses.running.clear();
  }

  @Test
  void refusesWhatSomebodyElseHasChanged() {
    Endpoint added = endpoints.add(form("orders", "10.0.0.1", "", 0L));
    endpoints.edit(added.id(), form("orders", "10.0.0.2", "", 0L));

    assertRefused(
        () -> endpoints.edit(added.id(), form("orders", "10.0.0.3", "", 0L)),
        "endpoint.refused.changed");
  }

  @Test
  void refusesATakenNameAndWhatIsNoAddress() {
    endpoints.add(form("orders", "10.0.0.1", "", 0L));

    assertRefused(
        () -> endpoints.add(form("orders", "10.0.0.2", "", 0L)), "endpoint.invalid.taken");
    assertRefused(() -> endpoints.add(form("other", "host:0", "", 0L)), "endpoint.invalid.port");
    for (String wrong : List.of("a b:1", "user@host:1", "http://host:1")) {
      assertRefused(() -> endpoints.add(form("other", wrong, "", 0L)), "endpoint.invalid.address");
    }
    assertRefused(
        () -> endpoints.add(form("other", "a:1\nb:2", "", 0L)), "endpoint.invalid.oneAddress");
  }

  @Test
  void keepsWhereAClusterIs() {
    Endpoint added = endpoints.add(cluster("a:1, b:2", "c:3=d:4", "s3cret", 0L));

    assertThat(added.toContract().topology()).isEqualTo(Topology.CLUSTER);
    assertThat(added.toContract().addresses()).containsExactly("a:1", "b:2");
    assertThat(added.toContract().addressMap()).containsExactly(Map.entry("c:3", "d:4"));
    assertThat(audit()).containsExactly("olga endpoint.add orders CLUSTER a:1 b:2 c:3=d:4");
  }

  @Test
  void sendsAStoredPasswordToNoNodeThatIsReachedElsewhere() {
    Endpoint added = endpoints.add(cluster("a:1", "c:3=d:4", "s3cret", 0L));
    assertRefused(
        () -> endpoints.edit(added.id(), cluster("a:1", "c:3=evil:4", "", 0L)),
        "endpoint.invalid.passwordAgain");
    assertRefused(
        () -> endpoints.edit(added.id(), cluster("a:1", "", "", 0L)),
        "endpoint.invalid.passwordAgain");
  }

  @Test
  void isTakenForWhatItAnsweredAsWithItsPassword() {
    Endpoint added = endpoints.add(form("orders", "10.0.0.1", "s3cret", 0L));

    Endpoint cluster = endpoints.changeTopology(added.id(), Topology.CLUSTER, "", added.version());
    assertThat(cluster.topology()).isEqualTo(Topology.CLUSTER);
    assertThat(endpoints.secrets(added.id()).password()).isEqualTo("s3cret");
    assertRefused(
        () -> endpoints.changeTopology(added.id(), Topology.STANDALONE, "", added.version()),
        "endpoint.refused.changed");
    assertThat(
            endpoints
                .changeTopology(added.id(), Topology.STANDALONE, "", cluster.version())
                .addressList())
        .containsExactly("10.0.0.1:6379");
  }

  @Test
  void isNotTakenForOneServerWhereItHasSeveralAddresses() {
    Endpoint added = endpoints.add(cluster("a:1, b:2", "", "", 0L));
    assertRefused(
        () -> endpoints.changeTopology(added.id(), Topology.STANDALONE, "", added.version()),
        "endpoint.invalid.oneAddress");
  }

  /** Nodes are replaced while a task runs; the cluster is the same. */
  @Test
  void aClusterIsWhereItWasWhileOneOfItsAddressesStays() {
    Endpoint added = endpoints.add(cluster("a:1, b:2", "", "", 0L));
    uses.begin(added);
    Endpoint moved = endpoints.edit(added.id(), cluster("b:2, c:3", "x:1=y:1", "", 0L));
    assertThat(moved.isAt(added.toContract())).isTrue();
    assertRefused(
        () -> endpoints.edit(added.id(), cluster("d:4", "", "", moved.version())),
        "endpoint.refused.runs");
    // It shares an address with what it is now, and none with what the task began with.
    assertRefused(
        () -> endpoints.edit(added.id(), cluster("c:3, d:4", "", "", moved.version())),
        "endpoint.refused.runs");
    assertRefused(
        () -> endpoints.changeTopology(added.id(), Topology.UNKNOWN, "", moved.version()),
        "endpoint.invalid.topology");
    uses.running.clear();
  }

  @Test
  void keepsWhichMasterTheSentinelsWatch() {
    Endpoint added = endpoints.add(sentinels("s1, s2:7000", "orders", "s3cret", 0L));
    assertThat(added.toContract().topology()).isEqualTo(Topology.SENTINEL);
    assertThat(added.toContract().masterName()).isEqualTo("orders");
    assertThat(audit())
        .containsExactly("olga endpoint.add orders SENTINEL orders s1:26379 s2:7000");
    assertThat(names(new EndpointFilter("ORDERS", null, null))).containsExactly("orders");

    uses.begin(added);
    Endpoint moved = endpoints.edit(added.id(), sentinels("s2:7000", "orders", "s3cret", 0L));
    assertRefused(
        () -> endpoints.edit(added.id(), sentinels("s2:7000", "other", "x", moved.version())),
        "endpoint.refused.runs");
    uses.running.clear();
  }

  @Test
  void sendsAStoredPasswordToNoOtherMasterOfTheSentinels() {
    Endpoint added = endpoints.add(form("orders", "10.0.0.1:26379", "s3cret", 0L));
    Endpoint sentinels =
        endpoints.changeTopology(added.id(), Topology.SENTINEL, "orders", added.version());
    assertThat(endpoints.secrets(added.id()).password()).isEqualTo("s3cret");
    assertRefused(
        () -> endpoints.changeTopology(added.id(), Topology.SENTINEL, "evil", sentinels.version()),
        "endpoint.invalid.passwordAgain");
    // Nor by the detour over one server.
    assertRefused(
        () -> endpoints.changeTopology(added.id(), Topology.STANDALONE, "", sentinels.version()),
        "endpoint.invalid.passwordAgain");
  }

  @Test
  void isNotDeletedWhileATaskUsesIt() {
    Endpoint added = endpoints.add(form("orders", "10.0.0.1", "", 0L));
    uses.users.add(new EndpointUse.User("move orders", "/tasks/1"));
    assertRefused(() -> endpoints.delete(added.id()), "endpoint.refused.used");
    assertThat(endpoints.find(added.id())).isPresent();

    uses.users.clear();
    endpoints.delete(added.id());
    assertThat(endpoints.find(added.id())).isEmpty();
  }

  @Test
  void filtersSortsAndPagesInTheDatabase() {
    endpoints.add(form("b_%", "10.0.0.1", "", 0L));
    endpoints.add(form("a", "10.0.0.2", "", 0L));
    endpoints.add(form("c", "10.0.0.3", "", 0L));

    PageRequest byNameDown = new PageRequest("1", "2", "-name");
    assertThat(endpoints.search(EndpointFilter.everything(), byNameDown).items())
        .extracting(Endpoint::name)
        .containsExactly("c", "b_%");
    assertThat(endpoints.search(EndpointFilter.everything(), byNameDown).total()).isEqualTo(3);
    assertThat(names(new EndpointFilter("_%", null, null))).containsExactly("b_%");
    assertThat(names(new EndpointFilter("0.0.3", "TEAM", "prod"))).containsExactly("c");
    assertThat(names(new EndpointFilter(null, null, "pro"))).isEmpty();
    assertThat(
            endpoints.search(
                EndpointFilter.everything(),
                new PageRequest("1", "9", "name; drop table endpoint")))
        .satisfies(page -> assertThat(page.items()).hasSize(3));
  }

  @Test
  @WithMockUser(roles = "VIEWER")
  void isChangedByOperatorsOnly() {
    assertThatThrownBy(() -> endpoints.add(form("orders", "10.0.0.1", "", 0L)))
        .isInstanceOf(AccessDeniedException.class);
    assertThatThrownBy(() -> endpoints.changeTopology(1, Topology.CLUSTER, "", 0))
        .isInstanceOf(AccessDeniedException.class);
    assertThat(names(EndpointFilter.everything())).isEmpty();
  }

  private List<String> names(EndpointFilter filter) {
    return endpoints.search(filter, PageRequest.first()).items().stream()
        .map(Endpoint::name)
        .toList();
  }

  private List<String> audit() {
    return new JdbcTemplate(dataSource)
        .query(
            "select actor, action, subject, detail from audit_event"
                + " where action like 'endpoint.%' order by id",
            (row, number) ->
                String.join(
                    " ", row.getString(1), row.getString(2), row.getString(3), row.getString(4)));
  }

  private static void assertRefused(Runnable call, String key) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.key()).isEqualTo(key));
  }

  private static EndpointForm form(String name, String address, String password, long version) {
    return new EndpointForm(
        name,
        "Team A",
        "prod, eu",
        "",
        null,
        address,
        "",
        "",
        "",
        password,
        false,
        "",
        "",
        false,
        false,
        "",
        "",
        "",
        "",
        false,
        version);
  }

  private static EndpointForm cluster(String addresses, String map, String password, long version) {
    return new EndpointForm(
        "orders", "", "", "", "CLUSTER", addresses, map, "", "", password, false, "", "", false,
        false, "", "", "", "", false, version);
  }

  private static EndpointForm sentinels(
      String addresses, String master, String user, String password, long version) {
    return new EndpointForm(
        "orders",
        "",
        "",
        "",
        "SENTINEL",
        addresses,
        "",
        master,
        "",
        "",
        false,
        user,
        password,
        false,
        false,
        "",
        "",
        "",
        "",
        false,
        version);
  }

  private static EndpointForm sentinels(
      String addresses, String master, String password, long version) {
    return new EndpointForm(
        "orders",
        "",
        "",
        "",
        "SENTINEL",
        addresses,
        "",
        master,
        "",
        password,
        false,
        "",
        "",
        false,
        false,
        "",
        "",
        "",
        "",
        false,
        version);
  }

  /** Stands for the tasks. */
  static final class Uses implements EndpointUse {
    private final List<User> users = new ArrayList<>();
    private final List<User> running = new ArrayList<>();
    private RedisEndpoint begun;

    @Override
    public List<User> usersOf(long endpointId) {
      return List.copyOf(users);
    }

    @Override
    public List<User> ledAwayBy(Endpoint changed) {
      return begun == null || changed.isAt(begun) ? List.of() : List.copyOf(running);
    }

    void begin(Endpoint at) {
      begun = at.toContract();
      running.add(new User("move orders", "/tasks/1"));
    }
  }
}
