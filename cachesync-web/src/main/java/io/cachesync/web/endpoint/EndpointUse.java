package io.cachesync.web.endpoint;

import java.util.List;

/** Tells what uses an endpoint; implemented by each feature that keeps an endpoint's id. */
public interface EndpointUse {

  /** What uses it, newest first; while there is anything, the endpoint cannot be deleted. */
  List<User> usersOf(long endpointId);

  /**
   * Those that may reach for the endpoint at any moment and count on where it led when they began:
   * not there any more, changed as it is here. What it was a moment ago does not matter.
   */
  List<User> ledAwayBy(Endpoint changed);

  /**
   * One use.
   *
   * @param name what people call it
   * @param path its page in this console
   */
  record User(String name, String path) {}
}
