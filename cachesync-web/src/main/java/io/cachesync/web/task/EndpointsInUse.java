package io.cachesync.web.task;

import io.cachesync.web.endpoint.EndpointUse;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Keeps an endpoint from being deleted while a task may still need it. */
@Component
class EndpointsInUse implements EndpointUse {
  private final TaskListMapper lists;

  EndpointsInUse(TaskListMapper lists) {
    this.lists = lists;
  }

  @Override
  public List<User> usersOf(long endpointId) {
    return users(lists.ofEndpoint(endpointId).stream());
  }

  @Override
  public List<User> runningOn(long endpointId) {
    return users(lists.ofEndpoint(endpointId).stream().filter(task -> reaches(task.state())));
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
