package io.cachesync.agent.redis;

import io.cachesync.agent.resp.RespValue;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The function libraries of a server of 7.0 or later. */
public final class FunctionNames {
  private static final String NAME = "library_name";

  private FunctionNames() {}

  /** Their names; empty where the server does not tell. */
  public static Optional<Set<String>> read(RedisConnection connection) throws RedisException {
    RespValue reply = connection.tryCall("FUNCTION", "LIST");
    if (reply.isError()) {
      return Optional.empty();
    }
    Set<String> names = new HashSet<>();
    for (RespValue library : reply.elements()) {
      List<RespValue> fields = library.elements();
      for (int i = 0; i + 1 < fields.size(); i += 2) {
        if (fields.get(i).text().equals(NAME)) {
          names.add(fields.get(i + 1).text());
        }
      }
    }
    return Optional.of(names);
  }
}
