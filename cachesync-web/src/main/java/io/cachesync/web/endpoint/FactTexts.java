package io.cachesync.web.endpoint;

import java.text.NumberFormat;
import java.util.Locale;

/** Figures as people read them; what is not known is a dash. */
final class FactTexts {
  static final String UNKNOWN = "–";
  private static final String[] UNITS = {"B", "KB", "MB", "GB", "TB"};

  private final NumberFormat numbers;

  FactTexts(Locale locale) {
    numbers = NumberFormat.getIntegerInstance(locale);
  }

  String text(String text) {
    return text.isEmpty() ? UNKNOWN : text;
  }

  /** A number that is negative only where it is unknown. */
  String count(long number) {
    return number < 0 ? UNKNOWN : numbers.format(number);
  }

  String number(long number) {
    return numbers.format(number);
  }

  String bytes(long bytes) {
    if (bytes < 0) {
      return UNKNOWN;
    }
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    String form = unit == 0 || value >= 100 ? "%.0f %s" : "%.1f %s";
    return String.format(Locale.ROOT, form, value, UNITS[unit]);
  }
}
