package io.cachesync.web.task;

import io.cachesync.web.endpoint.EndpointUse;
import java.util.List;
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
    return lists.ofEndpoint(endpointId).stream()
        .map(task -> new User(task.name(), "/tasks/" + task.id()))
        .toList();
  }
}
