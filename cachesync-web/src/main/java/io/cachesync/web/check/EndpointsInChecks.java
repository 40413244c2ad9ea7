package io.cachesync.web.check;

import io.cachesync.web.endpoint.Endpoint;
import io.cachesync.web.endpoint.EndpointUse;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** Keeps an endpoint as it is while a check reads it. */
@Component
class EndpointsInChecks implements EndpointUse {
  private final CheckStore checks;

  EndpointsInChecks(CheckStore checks) {
    this.checks = checks;
  }

  @Override
  public List<User> usersOf(long endpointId) {
    return checks.open().stream()
        .filter(
            check ->
                Objects.equals(check.sourceEndpointId(), endpointId)
                    || Objects.equals(check.targetEndpointId(), endpointId))
        .map(check -> new User(check.name(), "/checks/" + check.id()))
        .toList();
  }

  /**
   * A check that is on keeps its connections, and one that begins again takes what is there then.
   */
  @Override
  public List<User> ledAwayBy(Endpoint changed) {
    return List.of();
  }
}
