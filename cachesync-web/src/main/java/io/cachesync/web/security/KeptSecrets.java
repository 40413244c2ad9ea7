package io.cachesync.web.security;

import jakarta.servlet.http.HttpSession;
import java.io.Serial;
import java.io.Serializable;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.springframework.stereotype.Component;
import org.springframework.ui.Model;
import org.springframework.validation.Errors;

/**
 * Secrets that were typed into a form which came back with an error elsewhere. They wait in the
 * session, sealed, under a handle that the form carries: nobody has to type them again, and no page
 * ever holds them. Each return of a form gets a new handle; the former one opens nothing. A secret
 * waits only for where it was typed for: who changes that types it again.
 */
@Component
public class KeptSecrets {
  private static final String ATTRIBUTE = "cachesync.kept-bound-secrets";
  private static final int HANDLE_BYTES = 16;

  /** Says that a secret was typed for somewhere else. */
  public static final String AGAIN = "common.secret.again";

  /** Of how many forms secrets wait in one session; the oldest goes first. */
  private static final int FORMS = 8;

  private final SecretBox box;
  private final SecureRandom random = new SecureRandom();

  public KeptSecrets(SecretBox box) {
    this.box = box;
  }

  /**
   * Fills what was left empty with what is kept for the same place.
   *
   * @param handle that the form carried, or empty
   * @param typed by name of field; a field that is missing is left alone
   */
  public Filled fill(HttpSession session, String handle, Map<String, Typed> typed) {
    Map<String, Sealed> kept = all(session).getOrDefault(handle, new TreeMap<>());
    Map<String, String> filled = new TreeMap<>();
    Set<String> dropped = new TreeSet<>();
    typed.forEach(
        (field, now) -> {
          Sealed then = kept.get(field);
          boolean missing = now.secret().isEmpty() && then != null;
          boolean same = missing && then.goesTo().equals(now.goesTo());
          filled.put(field, same ? box.open(then.secret()) : now.secret());
          if (missing && !same) {
            dropped.add(field);
          }
        });
    return new Filled(filled, dropped);
  }

  /**
   * Keeps secrets for a form that is shown again, as {@code kept} in its model; a secret that is
   * itself in error is not worth keeping.
   *
   * @param handle the one that ends now, or empty
   */
  public void keep(
      HttpSession session, String handle, Map<String, Typed> secrets, Errors errors, Model model) {
    TreeMap<String, Sealed> sealed = new TreeMap<>();
    secrets.forEach(
        (field, typed) -> {
          if (!typed.secret().isEmpty() && !errors.hasFieldErrors(field)) {
            sealed.put(field, new Sealed(box.seal(typed.secret()), typed.goesTo()));
          }
        });
    LinkedHashMap<String, TreeMap<String, Sealed>> all = all(session);
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
    LinkedHashMap<String, TreeMap<String, Sealed>> all = all(session);
    if (all.remove(handle) != null) {
      session.setAttribute(ATTRIBUTE, all);
    }
  }

  @SuppressWarnings("unchecked")
  private static LinkedHashMap<String, TreeMap<String, Sealed>> all(HttpSession session) {
    Object held = session.getAttribute(ATTRIBUTE);
    return held == null
        ? new LinkedHashMap<>()
        : new LinkedHashMap<>((LinkedHashMap<String, TreeMap<String, Sealed>>) held);
  }

  /**
   * A secret as its form has it.
   *
   * @param secret or empty
   * @param goesTo all that decides where it is sent and for whom it stands
   */
  public record Typed(String secret, List<String> goesTo) {
    public Typed {
      goesTo = List.copyOf(goesTo);
    }

    /** Never with the secret. */
    @Override
    public String toString() {
      return "Typed" + goesTo;
    }
  }

  /**
   * The secrets of a form.
   *
   * @param secrets by name of field
   * @param dropped fields left empty whose kept secret was typed for somewhere else
   */
  public record Filled(Map<String, String> secrets, Set<String> dropped) {
    /** Says at each dropped one that it has to be typed again. */
    public void reject(Errors errors) {
      dropped.forEach(field -> errors.rejectValue(field, AGAIN, AGAIN));
    }

    /** Never with the secrets. */
    @Override
    public String toString() {
      return "Filled" + secrets.keySet();
    }
  }

  /** As it waits in the session. */
  private record Sealed(String secret, List<String> goesTo) implements Serializable {
    @Serial private static final long serialVersionUID = 1L;
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
