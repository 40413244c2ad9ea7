package io.cachesync.web.check;

import io.cachesync.contract.DifferenceKind;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an agent tells of a side, or where in a key: in its own English words, or what people have
 * stored. Its forms are known here only, and only for kinds that it words itself, so that a value
 * which reads like one of them stays what it is.
 *
 * @param text as it was told
 * @param key of the message that says it in the reader's language; null where it is shown as told
 * @param at the time in it, or null
 * @param arguments of the message, without the time
 */
record Told(String text, String key, Instant at, List<String> arguments) {
  private static final String NO_EXPIRY = "no time to live";
  private static final Pattern EXPIRES = Pattern.compile("expires at (\\d{1,18}) ms");
  private static final Pattern DELIVERED = Pattern.compile("delivered at (\\d{1,18}) ms");
  private static final Pattern DELIVERIES = Pattern.compile("(.*), delivered (\\d+) times");
  private static final Pattern BYTE = Pattern.compile("byte (\\d+)");

  /** The end of the year 9999: how browsers are given later ones, they do not read. */
  private static final long LAST_MILLIS = 253_402_300_799_999L;

  /** What a side has. */
  static Told side(DifferenceKind kind, String text) {
    return switch (kind) {
      case TTL, FIELD_TTL, MISSING, EXTRA ->
          text.equals(NO_EXPIRY)
              ? new Told(text, "check.told.noExpiry", null, List.of())
              : timed(EXPIRES, "check.told.expires", text);
      case PENDING_VALUE, PENDING_MISSING, PENDING_EXTRA -> {
        Matcher deliveries = DELIVERIES.matcher(text);
        yield deliveries.matches()
            ? new Told(
                text,
                "check.told.deliveries",
                null,
                List.of(deliveries.group(1), deliveries.group(2)))
            : timed(DELIVERED, "check.told.delivered", text);
      }
      default -> asTold(text);
    };
  }

  /** Where in a key. */
  static Told place(DifferenceKind kind, String text) {
    Matcher place = BYTE.matcher(text);
    return kind == DifferenceKind.VALUE && place.matches()
        ? new Told(text, "check.told.byte", null, List.of(place.group(1)))
        : asTold(text);
  }

  private static Told timed(Pattern form, String key, String text) {
    Matcher told = form.matcher(text);
    if (!told.matches() || Long.parseLong(told.group(1)) > LAST_MILLIS) {
      return asTold(text);
    }
    return new Told(text, key, Instant.ofEpochMilli(Long.parseLong(told.group(1))), List.of());
  }

  private static Told asTold(String text) {
    return new Told(text, null, null, List.of());
  }
}
