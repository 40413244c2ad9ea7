package io.cachesync.web.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.Mockito.when;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.SyncSpec;
import io.cachesync.contract.Topology;
import io.cachesync.contract.UnsupportedPolicy;
import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.system.PageRequest;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.testkit.DatabaseTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

/** What a draft keeps of its ends, on the real schema. */
@DatabaseTest
@Import({
  TaskService.class,
  TaskLists.class,
  TaskTransitions.class,
  TaskDrafts.class,
  DraftEnds.class,
  TaskEnds.class,
  TaskParts.class,
  TaskLogins.class
})
@ImportAutoConfiguration(JacksonAutoConfiguration.class)
@WithMockUser(username = "olga", roles = "OPERATOR")
class DraftEndsTest {
  @Autowired private TaskService tasks;
  @Autowired private TaskLists lists;
  @Autowired private TaskDrafts drafts;
  @Autowired private DraftEnds draftEnds;
  @Autowired private TaskSpecMapper specs;
  @Autowired private TaskTransitions transitions;
  @Autowired private TaskEnds ends;
  @Autowired private TaskLogins logins;
  @Autowired private DataSource source;
  @MockitoBean private MachineService machines;
  @MockitoBean private EndpointService endpoints;

  @BeforeEach
  void oneMachine() {
    Machine machine = machine(1);
    Machine other = machine(2);
    when(machines.find(1)).thenReturn(Optional.of(machine));
    when(machines.find(2)).thenReturn(Optional.of(other));
  }

  @Test
  void spreadsOneClusterOnlyIntoAnEmptyTargetAndACopyToo() {
    Task draft = draft("10.0.0.1", "10.0.0.2");
    drafts.what(draft.id(), new WhatForm("SYNC", "", "REPLACE", "STOP", null));
    EndForm cluster = TypedEnds.of("CLUSTER", "c:1", "", "");
    EndForm server = TypedEnds.server("10.0.0.2");
    drafts.ends(draft.id(), new EndsForm("1", cluster, server, null, List.of("2", "1")));
    assertThat(tasks.spreadMachineIds(draft.id())).containsExactly(1L, 2L);
    assertThat(tasks.spec(draft.id()).what().onExists()).isEqualTo(ConflictPolicy.REFUSE);
    assertThat(refusal(draft, new WhatForm("SYNC", "", "REPLACE", "STOP", null)))
        .isEqualTo("onExists task.form.onExists.spread");
    Task copy = drafts.copy(draft.id(), "copy");
    assertThat(tasks.spreadMachineIds(copy.id())).containsExactly(1L, 2L);
    EndsForm ofOne = new EndsForm("1", TypedEnds.server("10.0.0.1"), server, null, List.of("2"));
    assertThat(catchThrowableOfType(Refusal.class, () -> drafts.ends(draft.id(), ofOne)).key())
        .isEqualTo("task.form.machines.oneCluster");
    EndsForm unknown = new EndsForm("1", cluster, server, null, List.of("3"));
    assertThat(catchThrowableOfType(Refusal.class, () -> drafts.ends(draft.id(), unknown)).field())
        .isEqualTo("machines");
    drafts.ends(draft.id(), new EndsForm("1", cluster, server, null, List.of("1")));
    assertThat(tasks.spreadMachineIds(draft.id())).isEmpty();
  }

  private static Machine machine(long id) {
    Machine machine = Mockito.mock(Machine.class);
    when(machine.id()).thenReturn(id);
    when(machine.name()).thenReturn("m" + id);
    when(machine.usable()).thenReturn(true);
    return machine;
  }

  @Test
  void copiesAsManyShardsAtOnceAsIsAskedFor() {
    Task draft = draft("10.0.0.1", "10.0.0.2");
    assertThat(
            catchThrowableOfType(Refusal.class, () -> drafts.how(draft.id(), inParallel("2")))
                .key())
        .isEqualTo("task.form.parallelFullSyncs.one");
    EndForm server = TypedEnds.server("10.0.0.2");
    drafts.ends(
        draft.id(), new EndsForm("1", TypedEnds.of("CLUSTER", "c:1", "", ""), server, null));
    assertThat(sync(draft).parallelFullSyncs()).isEqualTo(SyncSpec.DEFAULT_PARALLEL_FULL_SYNCS);
    drafts.how(draft.id(), inParallel("2"));
    assertThat(sync(draft).parallelFullSyncs()).isEqualTo(2);
    assertThat(HowForm.of(tasks.get(draft.id()), tasks.spec(draft.id())).parallelFullSyncs())
        .isEqualTo("2");
    assertThat(sync(drafts.copy(draft.id(), "copy")).parallelFullSyncs()).isEqualTo(2);
    drafts.ends(draft.id(), new EndsForm("1", TypedEnds.server("10.0.0.1"), server, null));
    assertThat(tasks.spec(draft.id()).how().parallelFullSyncs()).as("of one server").isZero();
  }

  private static HowForm inParallel(String fullSyncs) {
    return new HowForm("orders", "", "", "now", "", "", "3", "2", "", "", false, fullSyncs);
  }

  @Test
  void keepsThePasswordOfAnAddressThatStays() {
    Task draft = draft("10.0.0.1", "10.0.0.2");
    drafts.ends(draft.id(), ends("10.0.0.1", "", "10.0.0.3", ""));
    TaskSpec spec = tasks.spec(draft.id());
    assertThat(ends.secrets(spec).sourcePassword()).isEqualTo("geheim");
    assertThat(ends.secrets(spec).targetPassword()).isEmpty();
    assertThat(tasks.get(draft.id()).name()).isEqualTo("10.0.0.1:6379 → 10.0.0.3:6379");
  }

  /** What it is found to be when it is looked at leads to nobody else. */
  @Test
  void keepsThePasswordOfAnAddressThatTurnsOutToBeACluster() {
    Task draft = draft("10.0.0.1", "10.0.0.2");
    drafts.ends(draft.id(), toCluster("10.0.0.2", ""));
    assertThat(ends.secrets(tasks.spec(draft.id())).targetPassword()).isEqualTo("geheim");
    drafts.ends(draft.id(), toCluster("10.0.0.2", "10.0.0.2:6379=10.6.6.6:6379"));
    assertThat(ends.secrets(tasks.spec(draft.id())).targetPassword()).isEmpty();
  }

  /** What a cluster cannot take is refused in step 2, and told by the precheck until then. */
  @Test
  void keepsWhereAClusterIsAndTheOneDatabaseItTakes() {
    Task draft = draft("10.0.0.1", "10.0.0.2");
    drafts.what(draft.id(), new WhatForm("SYNC", "0,3", "REFUSE", "STOP", null));
    drafts.ends(draft.id(), toCluster("c:1, c:2, [::1]:3", "x:1=y:1"));

    TaskSpec spec = tasks.spec(draft.id());
    assertThat(spec.target().label()).isEqualTo("c:1 +2");
    RedisEndpoint target = sync(draft).target();
    assertThat(target.topology()).isEqualTo(Topology.CLUSTER);
    assertThat(target.addresses()).containsExactly("c:1", "c:2", "[::1]:3");
    assertThat(target.addressMap()).containsExactly(Map.entry("x:1", "y:1"));
    assertThat(refusal(draft, new WhatForm("SYNC", "0,3", "REFUSE", "STOP", null)))
        .isEqualTo("databases task.form.databases.oneToCluster");
    drafts.what(draft.id(), new WhatForm("SYNC", "3", "REFUSE", "STOP", null));
    assertThat(sync(draft).filter().databases()).containsExactly(3);
    assertThat(sync(draft).filter().databaseMap()).containsExactly(Map.entry(3, 0));
    assertThat(ends.secrets(spec).sourcePassword()).isEqualTo("geheim");
  }

  @Test
  void keepsWhichPartIsMovedAndWhatOfItAClusterHasAsTheSource() {
    Task draft = draft("10.0.0.1", "10.0.0.2");
    FilterForm filter = new FilterForm("7", "0:3, 1:4", "user:*", "", "", "", "", "user::=u:");
    drafts.what(draft.id(), new WhatForm("SYNC", "0,1", "REFUSE", "STOP", filter));
    FilterSpec moved = sync(draft).filter();
    assertThat(moved).isEqualTo(filter.spec(List.of(0, 1)));
    Task copy = drafts.copy(draft.id(), "copy");
    assertThat(ends.filter(tasks.spec(copy.id()))).isEqualTo(moved);

    EndForm cluster = TypedEnds.of("CLUSTER", "c:1", "", "");
    drafts.ends(draft.id(), new EndsForm("1", cluster, TypedEnds.server("10.0.0.2"), null));
    FilterSpec narrowed = sync(draft).filter();
    assertThat(narrowed.databases()).containsExactly(0);
    assertThat(narrowed.databaseMap()).containsExactly(Map.entry(0, 3));
    assertThat(narrowed.excludeDatabases()).isEmpty();
    assertThat(narrowed.includeKeys()).containsExactly("user:*");
    assertThat(refusal(draft, new WhatForm("SYNC", "1", "REFUSE", "STOP", null)))
        .isEqualTo("databases task.form.databases.cluster");
    drafts.what(draft.id(), new WhatForm("SYNC", "", "REFUSE", "STOP", null));
    assertThat(tasks.spec(draft.id()).what().filterJson()).isNull();
  }

  /** By REST, or where the source was another server: no database is named then. */
  @Test
  void oneDatabaseOfAClusterMayBecomeAnother() {
    FilterForm map = new FilterForm("", "0:3", "", "", "", "", "", "");
    WhatForm toThree = new WhatForm("SYNC", "", "REFUSE", "STOP", map);
    Task draft = draft("10.0.0.1", "10.0.0.2");
    assertThat(toThree.problems()).isEmpty();
    assertThat(refusal(draft, toThree))
        .isEqualTo("filter.databaseMap task.filter.mistake.DATABASES_COLLIDE");
    EndForm cluster = TypedEnds.of("CLUSTER", "c:1", "", "");
    drafts.ends(draft.id(), new EndsForm("1", cluster, TypedEnds.server("10.0.0.2"), null));
    drafts.what(draft.id(), toThree);
    FilterSpec moved = sync(draft).filter();
    assertThat(moved.databases()).containsExactly(0);
    assertThat(moved.databaseMap()).containsExactly(Map.entry(0, 3));
    assertThat(moved.mistakes()).isEmpty();

    Task swapped = draft("10.0.0.1", "10.0.0.2");
    FilterForm both = new FilterForm("", "0:3, 3:0", "", "", "", "", "", "");
    drafts.what(swapped.id(), new WhatForm("SYNC", "", "REFUSE", "STOP", both));
    drafts.ends(swapped.id(), new EndsForm("1", cluster, TypedEnds.server("10.0.0.2"), null));
    assertThat(sync(swapped).filter()).isEqualTo(moved);
  }

  @Test
  void anotherLoginLeavesTheNodesWhereTheyAreReached() {
    Task draft = draft("10.0.0.1", "10.0.0.2");
    drafts.ends(draft.id(), to("SENTINEL", "c:1", "x:1=y:1", "orders"));
    tasks.precheck(draft.id());
    transitions.observe(draft.id(), TaskTrigger.PRECHECK_PASSED, "");
    tasks.start(draft.id());
    transitions.observe(draft.id(), TaskTrigger.PLACED, "");
    transitions.observe(
        draft.id(), TaskTrigger.REPORT_FAILED, Fault.fatal(FaultCode.AUTH_FAILED, "refused"));
    logins.change(draft.id(), new LoginForm("target", "mig", "neu", "watch", "wache"));
    assertThat(ends.secrets(tasks.spec(draft.id())).target())
        .isEqualTo(new EndpointSecrets("neu", "wache"));
    assertThat(ends.target(tasks.spec(draft.id())).endpoint())
        .isEqualTo(
            new RedisEndpoint(
                Topology.SENTINEL,
                List.of("c:1"),
                "mig",
                null,
                Map.of("x:1", "y:1"),
                "orders",
                "watch"));
    assertThatThrownBy(
            () -> logins.change(draft.id(), new LoginForm("source", "", "", "", "wache")))
        .isInstanceOf(Refusal.class);
  }

  @Test
  void keepsTheMasterOfSentinelsAndItsPasswordForNoOther() {
    Task draft = draft("10.0.0.1", "10.0.0.2");
    drafts.ends(draft.id(), to("SENTINEL", "10.0.0.2:6379", "", "orders"));
    TaskSpec spec = tasks.spec(draft.id());
    assertThat(spec.target().label()).isEqualTo("orders (10.0.0.2:6379)");
    assertThat(ends.target(spec).endpoint().masterName()).isEqualTo("orders");
    assertThat(ends.secrets(spec).targetPassword()).isEqualTo("geheim");
    drafts.ends(draft.id(), to("SENTINEL", "10.0.0.2:6379", "", "evil"));
    assertThat(ends.secrets(tasks.spec(draft.id())).targetPassword()).isEmpty();
  }

  @Test
  void forgetsASavedPasswordOnRequest() {
    Task draft = draft("10.0.0.1", "10.0.0.2");
    drafts.ends(
        draft.id(),
        new EndsForm(
            "1",
            new EndForm("", "10.0.0.1", "", "", true, false, "", "", "", "", "", "", false),
            TypedEnds.server("10.0.0.2"),
            null));
    TaskSpec spec = tasks.spec(draft.id());
    assertThat(ends.secrets(spec).sourcePassword()).isEmpty();
    assertThat(ends.secrets(spec).targetPassword()).isEqualTo("geheim");
  }

  private static EndsForm toCluster(String addresses, String map) {
    return to("CLUSTER", addresses, map, "");
  }

  private static EndsForm to(String topology, String addresses, String map, String master) {
    return new EndsForm(
        "1", TypedEnds.server("10.0.0.1"), TypedEnds.of(topology, addresses, map, master), null);
  }

  @Test
  void keepsTheLoginOfSentinelsForThemAlone() {
    Task draft = draft("10.0.0.1", "10.0.0.2");
    drafts.ends(draft.id(), toSentinels("s:1, s:2", "orders", "watch", "wache"));
    TaskSpec spec = tasks.spec(draft.id());
    assertThat(spec.target().sentinelSecret()).startsWith("v1:").doesNotContain("wache");
    assertThat(sync(draft).target().sentinelUser()).isEqualTo("watch");
    assertThat(ends.target(spec).sentinelPassword()).isTrue();
    assertThat(ends.secrets(spec).target()).isEqualTo(new EndpointSecrets("", "wache"));

    // Another master of the same sentinels: theirs stays.
    drafts.ends(draft.id(), toSentinels("s:1, s:2", "sessions", "watch", ""));
    assertThat(sentinelPassword(draft)).isEqualTo("wache");
    assertThat(sentinelPassword(drafts.copy(draft.id(), "copy"))).isEmpty();
    drafts.ends(draft.id(), toSentinels("s:1, evil:2", "sessions", "", ""));
    assertThat(sentinelPassword(draft)).isEmpty();
  }

  @Test
  void aUserOfSentinelsHasAPassword() {
    Task draft = draft("10.0.0.1", "10.0.0.2");
    Refusal refusal =
        catchThrowableOfType(
            Refusal.class,
            () -> drafts.ends(draft.id(), toSentinels("s:1", "orders", "watch", "")));
    assertThat(refusal.field()).isEqualTo("target.sentinelPassword");
    assertThat(refusal.key()).isEqualTo("endpoint.invalid.sentinelUserAlone");
  }

  @Test
  void asksForWhatIsToBecomeOfWhatHasNoPlaceThere() {
    Task draft = draft("10.0.0.1", "10.0.0.2");
    assertThat(sync(draft).onUnsupported()).isEqualTo(UnsupportedPolicy.STOP);
    drafts.what(draft.id(), new WhatForm("SYNC", "", "REFUSE", "SKIP", null));
    assertThat(sync(draft).onUnsupported()).isEqualTo(UnsupportedPolicy.SKIP);
    Task copy = drafts.copy(draft.id(), "copy");
    drafts.ends(copy.id(), toCluster("c:1", ""));
    assertThat(sync(copy).onUnsupported()).isEqualTo(UnsupportedPolicy.SKIP);
  }

  @Test
  void isFoundByEachOfItsSources() {
    long several =
        drafts.create(with(TypedEnds.server("10.7.7.7"), TypedEnds.server("10.8.8.8")), "").id();
    draft("10.5.5.5", "10.0.0.2");
    for (String source : List.of("10.0.0.1", "10.7.7.7", "10.8.8.8:6379", ".8.8")) {
      assertThat(found(source)).as(source).containsExactly(several);
    }
    for (String other : List.of("10.9.9.9", "standalone", "10.7.7.7\",\"", "10.7?7.7", "(")) {
      assertThat(found(other)).as(other).isEmpty();
    }
    TaskFilter text = new TaskFilter(null, null, null, null, null, null, null, null, "10.8.8.8");
    assertThat(lists.search(text, PageRequest.first()).items())
        .extracting(TaskRow::id)
        .containsExactly(several);
    assertThat(ends.sourceNames(tasks.spec(several)))
        .containsExactly("10.0.0.1:6379", "10.7.7.7:6379", "10.8.8.8:6379");
  }

  private List<Long> found(String source) {
    TaskFilter filter = new TaskFilter(null, source, null, null, null, null, null, null, null);
    return lists.search(filter, PageRequest.first()).items().stream().map(TaskRow::id).toList();
  }

  /** Known by where each is, as they are added and removed. */
  @Test
  void keepsThePasswordOfEachSourceThatStaysAndOfNoOther() {
    Task draft =
        drafts.create(
            with(TypedEnds.server("10.0.0.3", "third"), TypedEnds.server("10.0.0.4", "fourth")),
            "");
    TaskSpec spec = tasks.spec(draft.id());
    assertThat(spec.moreSourceIds()).isEqualTo(",0,0,");
    assertThat(lists.rows(List.of(draft.id()))).extracting(TaskRow::moreSources).containsExactly(2);
    assertThat(spec.moreSourceSecrets()).contains("v1:").doesNotContain("third", "fourth");
    assertThat(passwords(draft)).containsExactly("geheim", "third", "fourth");
    assertThat(sync(draft).allSources())
        .flatExtracting(RedisEndpoint::addresses)
        .containsExactly("10.0.0.1:6379", "10.0.0.3:6379", "10.0.0.4:6379");
    assertThat(ends.moreSources(spec))
        .extracting(TaskEnd::label)
        .containsExactly("10.0.0.3:6379", "10.0.0.4:6379");

    drafts.ends(draft.id(), with(TypedEnds.server("10.0.0.4")));
    assertThat(passwords(draft)).containsExactly("geheim", "fourth");
    assertThat(passwords(drafts.copy(draft.id(), "copy"))).containsExactly("", "");
    drafts.ends(draft.id(), with(TypedEnds.server("10.6.6.6"), user("10.0.0.4", "somebody")));
    assertThat(passwords(draft)).containsExactly("geheim", "", "");
    assertThat(tasks.spec(draft.id()).moreSourceSecrets()).isNull();
    drafts.ends(draft.id(), with());
    assertThat(tasks.spec(draft.id()).moreSourcesJson()).isNull();
    assertThat(lists.rows(List.of(draft.id()))).extracting(TaskRow::moreSources).containsExactly(0);
  }

  @Test
  void looksAtAFurtherSourceWithItsOwnSavedPasswordOnly() {
    Task draft = drafts.create(with(TypedEnds.server("10.0.0.3", "third")), "");
    assertThat(looked("moreSources[0]", TypedEnds.server("10.0.0.3"), draft)).isEqualTo("third");
    assertThat(looked("moreSources[7]", TypedEnds.server("10.0.0.3"), draft)).isEqualTo("third");
    assertThat(looked("moreSources[0]", TypedEnds.server("10.0.0.9"), draft)).isEmpty();
    assertThat(looked("moreSources[0]", TypedEnds.server("10.0.0.1"), draft)).isEmpty();
    assertThat(looked("target", TypedEnds.server("10.0.0.3"), draft)).isEmpty();
    EndsForm shown = with(TypedEnds.server("10.0.0.9"), TypedEnds.server("10.0.0.3"));
    assertThat(draftEnds.saved(shown, tasks.spec(draft.id())))
        .containsExactly("moreSources[1].password", "source.password", "target.password");
    assertThat(draftEnds.saved(with(EndForm.empty()), tasks.spec(draft.id())))
        .containsExactly("source.password", "target.password");
  }

  /** Two masters of the same sentinels are two sources, each with its password. */
  @Test
  void tellsSourcesOfTheSameSentinelsApart() {
    EndForm orders =
        new EndForm(
            "",
            "s:1",
            "",
            "of orders",
            false,
            false,
            "",
            "SENTINEL",
            "",
            "orders",
            "w",
            "wache",
            false);
    EndForm users =
        new EndForm(
            "",
            "s:1",
            "",
            "of users",
            false,
            false,
            "",
            "SENTINEL",
            "",
            "users",
            "w",
            "wache",
            false);
    Task draft = drafts.create(with(orders, users), "");
    drafts.ends(draft.id(), with(users.withSecrets(Map.of()), orders.withSecrets(Map.of())));
    assertThat(ends.secrets(tasks.spec(draft.id())).moreSources())
        .containsExactly(
            new EndpointSecrets("of users", "wache"), new EndpointSecrets("of orders", "wache"));
    drafts.ends(draft.id(), with(TypedEnds.sentinels("s:1", "evil", "w", "")));
    assertThat(ends.secrets(tasks.spec(draft.id())).moreSources())
        .containsExactly(new EndpointSecrets("", "wache"));
    Refusal refusal =
        catchThrowableOfType(
            Refusal.class,
            () -> drafts.ends(draft.id(), with(TypedEnds.sentinels("evil:1", "users", "w", ""))));
    assertThat(refusal.field()).isEqualTo("moreSources[0].sentinelPassword");
  }

  @Test
  void changesTheLoginOfOneOfSeveralSources() {
    Task draft =
        drafts.create(
            with(TypedEnds.server("10.0.0.3", "third"), TypedEnds.server("10.0.0.4", "fourth")),
            "");
    long id = draft.id();
    assertThat(loginRefused(id, "sources[2]")).isEqualTo("null task.refused.login");
    tasks.precheck(id);
    transitions.observe(id, TaskTrigger.PRECHECK_PASSED, "");
    tasks.start(id);
    transitions.observe(id, TaskTrigger.PLACED, "");
    transitions.observe(
        id, TaskTrigger.REPORT_FAILED, Fault.fatal(FaultCode.AUTH_FAILED, "refused"));
    logins.change(id, new LoginForm("sources[2]", "mig", "neu", "", ""));
    assertThat(passwords(draft)).containsExactly("geheim", "third", "neu");
    assertThat(sync(draft).allSources())
        .extracting(RedisEndpoint::user)
        .containsExactly("", "", "mig");
    logins.change(id, new LoginForm("sources[1]", "", "", "", ""));
    logins.change(id, new LoginForm("sources[0]", "", "first", "", ""));
    assertThat(passwords(draft)).containsExactly("first", "", "neu");
    assertThat(ends.secrets(tasks.spec(id)).targetPassword()).isEqualTo("geheim");
    for (String none : List.of("sources[3]", "sources[-1]", "sources", "", "moreSources[0]")) {
      assertThat(loginRefused(id, none)).as(none).isEqualTo("end task.login.end");
    }
  }

  /** As much as the form takes of each. */
  @Test
  void hasRoomForFiftySourcesWithAllThatTheyMayHave() {
    String ca = "-----BEGIN CERTIFICATE-----".repeat(700);
    EndForm[] many = new EndForm[50];
    for (int i = 0; i < many.length; i++) {
      many[i] =
          new EndForm(
              "",
              "c:" + (i + 1),
              "u".repeat(100),
              "ü".repeat(512),
              false,
              true,
              ca,
              "CLUSTER",
              "",
              "",
              "",
              "",
              false);
    }
    Task draft = drafts.create(with(many), "");
    assertThat(passwords(draft)).hasSize(51).endsWith("ü".repeat(512));
    tasks.delete(draft.id());
    assertThat(specs.row(draft.id())).isEmpty();
  }

  private String loginRefused(long id, String end) {
    Refusal refusal =
        catchThrowableOfType(
            Refusal.class, () -> logins.change(id, new LoginForm(end, "", "x", "", "")));
    return refusal.field() + " " + refusal.key();
  }

  private String looked(String name, EndForm form, Task draft) {
    return draftEnds.reached(name, form, draft.id()).secrets().password();
  }

  private List<String> passwords(Task task) {
    JobSecrets secrets = ends.secrets(tasks.spec(task.id()));
    List<String> passwords = new ArrayList<>(List.of(secrets.sourcePassword()));
    secrets.moreSources().forEach(each -> passwords.add(each.password()));
    return passwords;
  }

  private static EndForm user(String address, String user) {
    return new EndForm("", address, user, "", false, false, "", "", "", "", "", "", false);
  }

  private static EndsForm with(EndForm... more) {
    EndsForm both = ends("10.0.0.1", "geheim", "10.0.0.2", "geheim");
    return new EndsForm("1", both.source(), both.target(), List.of(more));
  }

  private String sentinelPassword(Task task) {
    return ends.secrets(tasks.spec(task.id())).target().sentinelPassword();
  }

  private SyncSpec sync(Task task) {
    return ends.syncSpec(tasks.get(task.id()), tasks.spec(task.id()));
  }

  private String refusal(Task task, WhatForm form) {
    Refusal refusal = catchThrowableOfType(Refusal.class, () -> drafts.what(task.id(), form));
    return refusal.field() + " " + refusal.key();
  }

  private Task draft(String source, String target) {
    return drafts.create(ends(source, "geheim", target, "geheim"), "");
  }

  private static EndsForm ends(
      String source, String sourcePassword, String target, String targetPassword) {
    return new EndsForm(
        "1",
        TypedEnds.server(source, sourcePassword),
        TypedEnds.server(target, targetPassword),
        null);
  }

  private static EndsForm toSentinels(
      String addresses, String master, String user, String password) {
    return new EndsForm(
        "1",
        TypedEnds.server("10.0.0.1"),
        TypedEnds.sentinels(addresses, master, user, password),
        null);
  }
}
