package io.cachesync.web.security;

import java.time.Clock;
import java.util.Collection;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Ends sessions, on whichever console they were begun. */
@Component
public class Sessions {
  private final SessionMapper mapper;
  private final Clock clock;

  Sessions(SessionMapper mapper, Clock clock) {
    this.mapper = mapper;
    this.clock = clock;
  }

  /** Those of the sessions that still hold: nobody signed out, was disabled or got another role. */
  public Set<String> alive(Collection<String> ids) {
    return ids.isEmpty() ? Set.of() : mapper.alive(ids, clock.millis());
  }

  /** Ends all sessions of a user. */
  void end(String user) {
    mapper.deleteOthers(user, "");
  }

  /** Ends all sessions of a user but one. */
  void endOthers(String user, String session) {
    mapper.deleteOthers(user, session);
  }
}
