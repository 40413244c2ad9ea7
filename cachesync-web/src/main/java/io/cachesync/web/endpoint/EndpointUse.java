package io.cachesync.web.endpoint;

import java.util.List;

/** Tells what uses an endpoint; implemented by each feature that keeps an endpoint's id. */
public interface EndpointUse {

  /** What uses it, newest first; while there is anything, the endpoint cannot be deleted. */
  List<User> usersOf(long endpointId);

  /** Those of them that may reach for it at any moment: it must stay where it is. */
  List<User> runningOn(long endpointId);

  /**
   * One use.
   *
   * @param name what people call it
   * @param path its page in this console
   */
  record User(String name, String path) {}
}
