package io.cachesync.agent.precheck;

import java.util.Locale;

/** Sizes and times as a person reads them, the same in every language. */
final class Amount {
  private static final String[] UNITS = {"B", "KB", "MB", "GB", "TB"};

  private Amount() {}

  static String bytes(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    String form = unit == 0 || value >= 100 ? "%.0f %s" : "%.1f %s";
    return String.format(Locale.ROOT, form, value, UNITS[unit]);
  }

  static String seconds(long seconds) {
    if (seconds < 120) {
      return seconds + " s";
    }
    if (seconds < 7200) {
      return seconds / 60 + " min";
    }
    return seconds < 172_800 ? seconds / 3600 + " h" : seconds / 86_400 + " d";
  }

  /** Whole megabytes, rounded up, as a server's configuration takes them. */
  static String megabytes(long bytes) {
    return Math.max(1, (bytes + (1 << 20) - 1) >> 20) + "mb";
  }
}
