package io.cachesync.web.security;

import jakarta.servlet.http.HttpSession;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.stereotype.Component;
import org.springframework.ui.Model;
import org.springframework.validation.Errors;

/**
 * Secrets that were typed into a form which came back with an error elsewhere. They wait in the
 * session, sealed, under a handle that the form carries: nobody has to type them again, and no page
 * ever holds them. Each return of a form gets a new handle; the former one opens nothing.
 */
@Component
public class KeptSecrets {
  private static final String ATTRIBUTE = "cachesync.kept-secrets";
  private static final int HANDLE_BYTES = 16;

  /** Of how many forms secrets wait in one session; the oldest goes first. */
  private static final int FORMS = 8;

  private final SecretBox box;
  private final SecureRandom random = new SecureRandom();

  public KeptSecrets(SecretBox box) {
    this.box = box;
  }

  /**
   * Fills what was left empty with what is kept.
   *
   * @param handle that the form carried, or empty
   * @param typed by name of field
   */
  public Map<String, String> fill(HttpSession session, String handle, Map<String, String> typed) {
    Map<String, String> kept = all(session).getOrDefault(handle, new TreeMap<>());
    Map<String, String> filled = new TreeMap<>(typed);
    filled.replaceAll(
        (field, value) ->
            value.isEmpty() && kept.containsKey(field) ? box.open(kept.get(field)) : value);
    return filled;
  }

  /**
   * Keeps secrets for a form that is shown again, as {@code kept} in its model; a secret that is
   * itself in error is not worth keeping.
   *
   * @param handle the one that ends now, or empty
   */
  public void keep(
      HttpSession session, String handle, Map<String, String> secrets, Errors errors, Model model) {
    TreeMap<String, String> sealed = new TreeMap<>();
    secrets.forEach(
        (field, value) -> {
          if (!value.isEmpty() && !errors.hasFieldErrors(field)) {
            sealed.put(field, box.seal(value));
          }
        });
    LinkedHashMap<String, TreeMap<String, String>> all = all(session);
    all.remove(handle);
    if (!sealed.isEmpty()) {
      byte[] name = new byte[HANDLE_BYTES];
      random.nextBytes(name);
      String fresh = HexFormat.of().formatHex(name);
      all.put(fresh, sealed);
      if (all.size() > FORMS) {
        all.remove(all.keySet().iterator().next());
      }
      model.addAttribute("kept", new Kept(fresh, Set.copyOf(sealed.keySet())));
    }
    session.setAttribute(ATTRIBUTE, all);
  }

  /** The form did what it was for. */
  public void forget(HttpSession session, String handle) {
    LinkedHashMap<String, TreeMap<String, String>> all = all(session);
    if (all.remove(handle) != null) {
      session.setAttribute(ATTRIBUTE, all);
    }
  }

  @SuppressWarnings("unchecked")
  private static LinkedHashMap<String, TreeMap<String, String>> all(HttpSession session) {
    Object held = session.getAttribute(ATTRIBUTE);
    return held == null
        ? new LinkedHashMap<>()
        : new LinkedHashMap<>((LinkedHashMap<String, TreeMap<String, String>>) held);
  }

  /**
   * What a form shows of it.
   *
   * @param fields that need not be typed again
   */
  public record Kept(String handle, Set<String> fields) {
    public boolean has(String field) {
      return fields.contains(field);
    }
  }
}
