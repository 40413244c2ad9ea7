package io.cachesync.web.security;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.stereotype.Component;

/** Ends sessions, on whichever console they were begun. */
@Component
class Sessions {
  private final ObjectProvider<FindByIndexNameSessionRepository<?>> repository;

  Sessions(ObjectProvider<FindByIndexNameSessionRepository<?>> repository) {
    this.repository = repository;
  }

  /**
   * Ends all sessions of a user.
   *
   * @param except id of the session to keep, or null
   */
  void end(String user, String except) {
    FindByIndexNameSessionRepository<?> sessions = repository.getObject();
    sessions.findByPrincipalName(user).keySet().stream()
        .filter(id -> !id.equals(except))
        .forEach(sessions::deleteById);
  }
}
