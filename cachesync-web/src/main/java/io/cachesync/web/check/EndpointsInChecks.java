package io.cachesync.web.check;

import io.cachesync.web.endpoint.Endpoint;
import io.cachesync.web.endpoint.EndpointUse;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Keeps an endpoint while a check reads it, or will. */
@Component
class EndpointsInChecks implements EndpointUse {
  private final CheckStore checks;
  private final ScheduleMapper schedules;
  private final JsonMapper json;

  EndpointsInChecks(CheckStore checks, ScheduleMapper schedules, JsonMapper json) {
    this.checks = checks;
    this.schedules = schedules;
    this.json = json;
  }

  @Override
  public List<User> usersOf(long endpointId) {
    Stream<User> open =
        checks.open().stream()
            .filter(
                check -> isOneOf(endpointId, check.sourceEndpointId(), check.targetEndpointId()))
            .map(check -> new User(check.name(), "/checks/" + check.id()));
    Stream<User> scheduled =
        schedules.all().stream()
            .filter(schedule -> schedule.taskId() == null)
            .filter(schedule -> uses(schedule, endpointId))
            .map(schedule -> new User(schedule.name(), "/checks/schedules/" + schedule.id()));
    return Stream.concat(open, scheduled).toList();
  }

  private boolean uses(CheckSchedule schedule, long endpointId) {
    CheckAsk ask = json.readValue(schedule.askJson(), CheckAsk.class);
    return isOneOf(endpointId, ask.sourceEndpointId(), ask.targetEndpointId());
  }

  private static boolean isOneOf(long endpointId, Long source, Long target) {
    return Objects.equals(source, endpointId) || Objects.equals(target, endpointId);
  }

  /**
   * A check that is on keeps its connections, and one that would begin elsewhere than it was asked
   * to is refused by {@link CheckEnds}.
   */
  @Override
  public List<User> ledAwayBy(Endpoint changed) {
    return List.of();
  }
}
