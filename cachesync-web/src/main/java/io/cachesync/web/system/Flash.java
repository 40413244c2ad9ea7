package io.cachesync.web.system;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * A message for the top of the next page: {@code redirect.addFlashAttribute("flash",
 * Flash.good(…))}. It waits in the session, so that its arguments are kept as texts.
 */
public record Flash(String tone, String icon, String key, ArrayList<String> values)
    implements Serializable {

  public static Flash good(String key, Object... arguments) {
    return of("good", "ok", key, arguments);
  }

  public static Flash info(String key, Object... arguments) {
    return of("", "info", key, arguments);
  }

  public static Flash warn(String key, Object... arguments) {
    return of("warn", "warning", key, arguments);
  }

  public static Flash bad(Refusal refusal) {
    return bad(refusal.key(), refusal.arguments());
  }

  public static Flash bad(String key, Object... arguments) {
    return of("bad", "error", key, arguments);
  }

  /** For the template. */
  public Object[] getArguments() {
    return values.toArray();
  }

  private static Flash of(String tone, String icon, String key, Object... arguments) {
    ArrayList<String> values = new ArrayList<>();
    List.of(arguments).forEach(argument -> values.add(String.valueOf(argument)));
    return new Flash(tone, icon, key, values);
  }
}
