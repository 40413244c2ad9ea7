package io.cachesync.web.task;

import io.cachesync.web.endpoint.Endpoint;
import io.cachesync.web.endpoint.EndpointUse;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Keeps an endpoint from being deleted while a task may still need it. */
@Component
class EndpointsInUse implements EndpointUse {
  private final TaskListMapper lists;
  private final TaskSpecMapper specs;
  private final TaskEnds ends;

  EndpointsInUse(TaskListMapper lists, TaskSpecMapper specs, TaskEnds ends) {
    this.lists = lists;
    this.specs = specs;
    this.ends = ends;
  }

  @Override
  public List<User> usersOf(long endpointId) {
    return users(lists.ofEndpoint(endpointId).stream());
  }

  @Override
  public List<User> ledAwayBy(Endpoint changed) {
    return users(
        lists.ofEndpoint(changed.id()).stream()
            .filter(task -> reaches(task.state()))
            .filter(
                task ->
                    specs
                        .find(task.id())
                        .filter(spec -> ends.isLedAway(spec, changed))
                        .isPresent()));
  }

  private static boolean reaches(TaskState state) {
    return state.active()
        || state == TaskState.PRECHECKING
        || state == TaskState.SCHEDULED
        || state == TaskState.QUEUED;
  }

  private static List<User> users(Stream<TaskListMapper.Named> tasks) {
    return tasks.map(task -> new User(task.name(), "/tasks/" + task.id())).toList();
  }
}
