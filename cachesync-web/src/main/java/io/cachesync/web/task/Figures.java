package io.cachesync.web.task;

import java.text.NumberFormat;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers as people read them. Unknown ones (-1 or null) become a dash. */
public final class Figures {
  public static final String UNKNOWN = "–";

  private static final String[] BYTES = {"B", "KB", "MB", "GB", "TB", "PB"};
  private static final long KILO = 1024;

  /** The signs of units of time are no words of the language there. */
  private static final Map<String, String> CHINESE =
      Map.of("ms", "毫秒", "s", "秒", "min", "分钟", "h", "小时", "d", "天");

  private static final Pattern TOLD = Pattern.compile("(\\d+) (ms|s|min|h|d)");

  private final Locale locale;

  public Figures(Locale locale) {
    this.locale = locale;
  }

  public String count(Long number) {
    return unknown(number) ? UNKNOWN : NumberFormat.getIntegerInstance(locale).format(number);
  }

  public String bytes(Long bytes) {
    if (unknown(bytes)) {
      return UNKNOWN;
    }
    double value = bytes;
    int unit = 0;
    while (value >= KILO && unit < BYTES.length - 1) {
      value /= KILO;
      unit++;
    }
    NumberFormat format = NumberFormat.getInstance(locale);
    format.setMaximumFractionDigits(unit == 0 || value >= 100 ? 0 : 1);
    return format.format(value) + " " + BYTES[unit];
  }

  public String bytesPerSecond(Long bytes) {
    return unknown(bytes) ? UNKNOWN : bytes(bytes) + "/s";
  }

  public String perSecond(Long number) {
    return unknown(number) ? UNKNOWN : count(number) + "/s";
  }

  public String percent(Integer percent) {
    return percent == null || percent < 0 ? UNKNOWN : percent + " %";
  }

  /** Lags: milliseconds below a second, then as a duration. */
  public String lag(Long millis) {
    if (unknown(millis)) {
      return UNKNOWN;
    }
    return millis < 1000 ? millis + unit("ms") : duration(millis);
  }

  /** The two largest units of a duration. */
  public String duration(Long millis) {
    if (unknown(millis)) {
      return UNKNOWN;
    }
    Duration duration = Duration.ofMillis(millis);
    if (duration.toDays() > 0) {
      return two(duration.toDays(), "d", duration.toHoursPart(), "h");
    }
    if (duration.toHours() > 0) {
      return two(duration.toHours(), "h", duration.toMinutesPart(), "min");
    }
    if (duration.toMinutes() > 0) {
      return two(duration.toMinutes(), "min", duration.toSecondsPart(), "s");
    }
    return duration.toSeconds() + unit("s");
  }

  /** A time as an agent tells it, as {@code 12 min}; what is none stays as it is. */
  public String told(String text) {
    Matcher time = TOLD.matcher(text);
    return time.matches() ? time.group(1) + unit(time.group(2)) : text;
  }

  private String two(long larger, String largerUnit, long smaller, String smallerUnit) {
    return larger + unit(largerUnit) + " " + smaller + unit(smallerUnit);
  }

  private String unit(String sign) {
    boolean chinese = locale.getLanguage().equals(Locale.CHINESE.getLanguage());
    return " " + (chinese ? CHINESE.get(sign) : sign);
  }

  private static boolean unknown(Long number) {
    return number == null || number < 0;
  }
}
