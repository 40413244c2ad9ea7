package io.cachesync.web.task;

import io.cachesync.web.security.RequiresViewer;
import io.cachesync.web.system.Page;
import io.cachesync.web.system.PageRequest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Service;

/** The tasks as lists show them: a row each, with where it stands, of those that are asked for. */
@Service
public class TaskLists {
  private static final Map<String, String> COLUMNS =
      Map.of(
          "name", "t.name",
          "state", "t.state",
          "source", "s.source_label",
          "target", "s.target_label",
          "machine", "s.machine_name",
          "owner", "t.owner",
          "created", "t.created_at",
          "percent", "p.percent",
          "lag", "p.lag_millis");

  /** What a list can be sorted by. */
  static final Set<String> SORTS = COLUMNS.keySet();

  private final TaskListMapper lists;

  TaskLists(TaskListMapper lists) {
    this.lists = lists;
  }

  @RequiresViewer
  public Page<TaskRow> search(TaskFilter filter, PageRequest request) {
    TaskListMapper.Where where = where(filter);
    String orderBy = request.orderBy(COLUMNS, "t.created_at desc");
    return new Page<>(
        lists.search(where, orderBy, request.limit(), request.offset()),
        lists.count(where),
        request);
  }

  /** The tasks with these ids that still exist, as lists show them. */
  @RequiresViewer
  public List<TaskRow> rows(Collection<Long> ids) {
    if (ids.isEmpty()) {
      return List.of();
    }
    TaskListMapper.Where where =
        new TaskListMapper.Where(
            null, null, null, null, null, null, null, null, null, null, null, List.copyOf(ids));
    return lists.search(where, "t.id", ids.size(), 0);
  }

  @RequiresViewer
  public List<String> owners() {
    return lists.owners();
  }

  @RequiresViewer
  public List<String> tags() {
    return lists.tags().stream()
        .flatMap(tags -> List.of(tags.split(",")).stream())
        .filter(tag -> !tag.isEmpty())
        .distinct()
        .sorted()
        .toList();
  }

  /** By task, as {@link TaskService#spreadMachines}, those of these tasks that are spread. */
  @RequiresViewer
  public Map<Long, List<String>> spreadMachines(Collection<Long> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    Map<Long, List<String>> ofParts = byTask(lists.machinesOfParts(ids));
    Map<Long, List<String>> all = byTask(lists.chosenMachines(ids));
    all.putAll(ofParts);
    return all;
  }

  private static Map<Long, List<String>> byTask(List<TaskListMapper.MachineOf> rows) {
    Map<Long, List<String>> byTask = new HashMap<>();
    for (TaskListMapper.MachineOf row : rows) {
      List<String> names = byTask.computeIfAbsent(row.taskId(), id -> new ArrayList<>());
      if (!names.contains(row.machineName())) {
        names.add(row.machineName());
      }
    }
    return byTask;
  }

  private static TaskListMapper.Where where(TaskFilter filter) {
    return new TaskListMapper.Where(
        filter.states(),
        TaskFilter.like(filter.source()),
        TaskFilter.address(filter.source()),
        TaskFilter.like(filter.target()),
        TaskFilter.like(filter.machine()),
        TaskFilter.like(filter.owner()),
        filter.tag() == null || filter.tag().isBlank()
            ? null
            : TaskFilter.like("," + filter.tag().strip() + ","),
        startOf(filter.from()),
        filter.to() == null ? null : startOf(filter.to().plusDays(1)),
        TaskFilter.like(filter.text()),
        TaskFilter.address(filter.text()),
        null);
  }

  private static Instant startOf(LocalDate day) {
    return day == null ? null : day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }
}
