package io.cachesync.web.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.web.testkit.Mappers;
import java.time.Instant;
import java.util.List;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Param;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the mappers say of tasks in parts, whatever database they are on. */
abstract class TaskPartMapperCases {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private Mappers mappers;
  private TaskMapper tasks;
  private TaskSpecMapper specs;
  private TaskPartMapper parts;
  private TaskListMapper lists;
  private long whole;
  private long first;
  private long second;

  abstract Mappers open();

  @BeforeEach
  void aTaskInTwoParts() {
    mappers = open();
    tasks = mappers.get(TaskMapper.class);
    specs = mappers.get(TaskSpecMapper.class);
    parts = mappers.get(TaskPartMapper.class);
    lists = mappers.get(TaskListMapper.class);
    whole = insert("whole", "olga", "host-1");
    second = insert("part-b", "console", "host-2");
    first = insert("part-a", "console", "host-1");
    parts.insert(new TaskPart(second, whole, 1, "5461-16383"));
    parts.insert(new TaskPart(first, whole, 0, "0-5460"));
  }

  @AfterEach
  void finish() {
    mappers.close();
  }

  @Test
  void tellsWhatEachMachineHas() {
    assertThat(parts.find(first)).contains(new TaskPart(first, whole, 0, "0-5460"));
    assertThat(parts.find(whole)).isEmpty();
    assertThat(parts.ofWhole(whole)).extracting(TaskPart::partId).containsExactly(first, second);
    assertThat(parts.machinesOfParts(whole)).containsExactly("host-1", "host-2");
    parts.tellLinks(second, "1,2");
    tasks.move(
        second,
        0,
        new TaskRun(TaskState.FAILED, Desired.RUN, NOW, false),
        FaultCode.WRONG_TYPE,
        "found",
        NOW,
        NOW,
        0,
        null);
    assertThat(parts.rows(whole))
        .containsExactly(
            new TaskPartMapper.PartRow(first, "host-1", "0-5460", "", TaskState.QUEUED, null, null),
            new TaskPartMapper.PartRow(
                second,
                "host-2",
                "5461-16383",
                "1,2",
                TaskState.FAILED,
                FaultCode.WRONG_TYPE,
                "found"));
  }

  @Test
  void listsLeaveThemOut() {
    assertThat(parts.ids()).containsExactlyInAnyOrder(first, second);
    assertThat(lists.owners()).containsExactly("olga");
    assertThat(lists.tags()).containsExactly(",olga,");
    TaskListMapper.Where all =
        new TaskListMapper.Where(
            null, null, null, null, null, null, null, null, null, null, null, null);
    assertThat(lists.count(all)).isOne();
    assertThat(lists.search(all, "t.id", 9, 0)).extracting(TaskRow::id).containsExactly(whole);
    assertThat(lists.ofEndpoint(5))
        .extracting(TaskListMapper.Named::id)
        .as("who uses an endpoint")
        .containsExactly(whole);
  }

  @Test
  void aTaskIsLookedAfterForAsLongAsAPartOfItIs() {
    assertThat(places()).containsExactly(whole, second, first);
    assertThat(tasks.inStatesOrEndedSince(List.of(TaskState.QUEUED), NOW))
        .extracting(TaskPlace::machineId)
        .as("a dead machine holds up its own parts only")
        .containsExactly(null, 1L, 1L);
    state(whole, TaskState.FAILED);
    state(second, TaskState.STOPPED);
    assertThat(places()).as("one still runs").containsExactly(whole, first);
    state(first, TaskState.STOPPED);
    assertThat(places()).isEmpty();
    assertThat(tasks.inStatesOrEndedSince(List.of(TaskState.QUEUED), NOW.minusSeconds(1)))
        .extracting(TaskPlace::id)
        .containsExactly(whole, second, first);
  }

  @Test
  void tellsWhatAPartIsAPartOfAndWhatAllHave() {
    assertThat(specs.row(first).orElseThrow().wholeId()).isEqualTo(whole);
    assertThat(specs.row(whole).orElseThrow().wholeId()).isNull();
    assertThat(parts.count(whole)).isEqualTo(2);
    assertThat(parts.tasksOfWhole(whole))
        .containsExactly(tasks.find(first).orElseThrow(), tasks.find(second).orElseThrow());
    assertThat(parts.tellLinks(first, "0,2")).isOne();
    assertThat(parts.tellLinks(first, "0,2")).as("as before").isZero();
  }

  @Test
  void onlyOneJobChecksContinuously() {
    long one = insert("one", "olga", "host-1");
    for (long task : List.of(one, whole, first)) {
      specs.checkContinuously(task, 7);
    }
    assertThat(specs.continuousKeys(one)).isEqualTo(7);
    assertThat(specs.continuousKeys(whole)).isZero();
    assertThat(specs.continuousKeys(first)).isZero();
    specs.spreadOver(one, ",1,2,");
    assertThat(specs.continuousKeys(one)).isZero();
  }

  private List<Long> places() {
    return tasks.inStatesOrEndedSince(List.of(TaskState.QUEUED), NOW).stream()
        .map(TaskPlace::id)
        .toList();
  }

  private void state(long task, TaskState state) {
    Task now = tasks.find(task).orElseThrow();
    TaskRun run = new TaskRun(state, Desired.RUN, NOW, false);
    tasks.move(task, now.version(), run, null, null, NOW, NOW, 0, null);
  }

  @Test
  void keepsWhatMachinesWereChosen() {
    assertThat(specs.spreadMachineIds(whole)).isEmpty();
    specs.spreadOver(whole, ",12,1,");
    assertThat(TaskParts.ids(specs.spreadMachineIds(whole))).containsExactly(12L, 1L);
    assertThat(specs.spreadMachines(whole)).as("no such machines").isEmpty();
  }

  @Test
  void listsTellAndFindEachOfTheMachines() {
    assertThat(lists.machinesOfParts(List.of(whole)))
        .containsExactly(
            new TaskListMapper.MachineOf(whole, "host-1"),
            new TaskListMapper.MachineOf(whole, "host-2"));
    assertThat(lists.chosenMachines(List.of(whole))).as("no such machines").isEmpty();
    assertThat(lists.count(onMachine("%host-2%"))).isOne();
    assertThat(lists.count(onMachine("%host-1%"))).isOne();
    assertThat(lists.count(onMachine("%host-3%"))).isZero();
  }

  /**
   * Ids of which one is the beginning of another are told apart, and the order is the chosen one.
   */
  @Test
  void tellsAndFindsTheMachinesThatWereChosen() {
    MachineRows machines = mappers.get(MachineRows.class);
    for (long id : List.of(1L, 2L, 12L, 120L)) {
      machines.insert(id, "M-" + id);
    }
    long one = insert("one", "olga", "host-9");
    long other = insert("other", "olga", "host-9");
    specs.spreadOver(one, ",12,1,");
    specs.spreadOver(other, ",2,120,7,");
    assertThat(specs.spreadMachines(one)).containsExactly("M-12", "M-1");
    assertThat(specs.spreadMachines(other)).as("7 was removed").containsExactly("M-2", "M-120");
    assertThat(specs.spreadMachines(whole)).isEmpty();
    assertThat(lists.chosenMachines(List.of(whole, one, other)))
        .containsExactly(
            new TaskListMapper.MachineOf(one, "M-12"),
            new TaskListMapper.MachineOf(one, "M-1"),
            new TaskListMapper.MachineOf(other, "M-2"),
            new TaskListMapper.MachineOf(other, "M-120"));
    assertThat(found("m-12")).containsExactly(one);
    assertThat(found("m-120")).containsExactly(other);
    assertThat(found("m-1%")).containsExactly(other, one);
    assertThat(found("host-2")).as("by a part's machine").containsExactly(whole);
    assertThat(found("host-9")).as("by its own").containsExactly(other, one);
    specs.spreadOver(one, "");
    assertThat(specs.spreadMachines(one)).isEmpty();
    assertThat(lists.chosenMachines(List.of(one))).isEmpty();
    assertThat(found("m-12")).isEmpty();
  }

  private List<Long> found(String machine) {
    TaskListMapper.Where where = onMachine(machine);
    List<Long> ids = lists.search(where, "t.id desc", 9, 0).stream().map(TaskRow::id).toList();
    assertThat(lists.count(where)).isEqualTo(ids.size());
    return ids;
  }

  /** Machines, as the feature that has them writes them. */
  interface MachineRows {
    @Insert(
        """
        insert into machine (id, name, host, port, login_user, login_kind, tags, capacity, base_dir,
          state, cpu_count, memory_bytes, report_route, forward_port, created_at, secret,
          sample_due_at)
        values (#{id}, #{name}, 'h', 22, 'u', 'PASSWORD', '', 1, '/b', 'READY', 1, 1, 'FORWARD', 0,
          now(), '', now())
        """)
    void insert(@Param("id") long id, @Param("name") String name);
  }

  @Test
  void keepsHowManyAreCopiedAtOnce() {
    TaskSpec spec = specs.find(whole).orElseThrow();
    assertThat(spec.how().parallelFullSyncs()).isZero();
    specs.update(spec.with(spec.how().inParallel(7)));
    assertThat(specs.find(whole).orElseThrow().how().parallelFullSyncs()).isEqualTo(7);
  }

  @Test
  void tellsTheLinksOfAllOnceSomeOfOneHaveChanged() {
    assertThat(parts.tellLinks(first, "0")).isOne();
    assertThat(parts.tellLinks(first, "0")).isZero();
    assertThat(parts.linksBeside(first)).containsExactlyInAnyOrder("0", "");
  }

  private static TaskListMapper.Where onMachine(String machine) {
    return new TaskListMapper.Where(
        null, null, null, null, machine, null, null, null, null, null, null, null);
  }

  @Test
  void goWithTheirTask() {
    assertThat(tasks.delete(first, 0)).isOne();
    assertThat(parts.ofWhole(whole)).extracting(TaskPart::partId).containsExactly(second);
    assertThat(tasks.delete(whole, 0)).isOne();
    assertThat(parts.ids()).isEmpty();
  }

  private long insert(String uid, String owner, String machine) {
    tasks.insert(
        new Task(
            0,
            uid,
            "orders",
            "," + owner + ",",
            "",
            owner,
            4,
            TaskState.QUEUED,
            Desired.RUN,
            NOW,
            false,
            0,
            0,
            null,
            null,
            null,
            NOW,
            null,
            null));
    long id = tasks.findByUid(uid).orElseThrow().id();
    StoredEnd registered = new StoredEnd(5L, "a", "{}", null, null);
    specs.insert(TaskSpec.empty(id).with(registered, registered).withMachine(1L, machine));
    return id;
  }
}
