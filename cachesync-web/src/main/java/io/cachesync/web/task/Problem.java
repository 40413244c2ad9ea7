package io.cachesync.web.task;

import java.util.List;

/**
 * What is wrong with one field of a form.
 *
 * @param key message key
 */
public record Problem(String field, String key, List<Object> arguments) {
  public static Problem of(String field, String key, Object... arguments) {
    return new Problem(field, key, List.of(arguments));
  }
}
