package io.cachesync.web.endpoint;

import java.util.Locale;

/**
 * Which endpoints a list shows; what is null or empty does not narrow it.
 *
 * @param text part of name, address or notes
 * @param owner part of the owner
 * @param tag one whole tag
 */
public record EndpointFilter(String text, String owner, String tag) {

  public static EndpointFilter everything() {
    return new EndpointFilter(null, null, null);
  }

  public boolean narrows() {
    return pattern(text) != null || pattern(owner) != null || pattern(tag) != null;
  }

  EndpointMapper.Where where() {
    return new EndpointMapper.Where(
        pattern(text),
        pattern(owner),
        tag == null || tag.isBlank() ? null : pattern("," + tag.strip() + ","));
  }

  /** A pattern for {@code like … escape '!'}, or null. */
  private static String pattern(String part) {
    if (part == null || part.isBlank()) {
      return null;
    }
    String escaped =
        part.strip()
            .toLowerCase(Locale.ROOT)
            .replace("!", "!!")
            .replace("%", "!%")
            .replace("_", "!_");
    return "%" + escaped + "%";
  }
}
