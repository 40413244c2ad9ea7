package io.cachesync.web.security;

import org.springframework.stereotype.Component;

/** Ends sessions, on whichever console they were begun. */
@Component
class Sessions {
  private final SessionMapper mapper;

  Sessions(SessionMapper mapper) {
    this.mapper = mapper;
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
