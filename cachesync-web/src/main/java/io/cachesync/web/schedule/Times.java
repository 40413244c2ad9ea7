package io.cachesync.web.schedule;

import java.text.ParseException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.TimeZone;
import org.quartz.CronExpression;

/**
 * Times that come again.
 *
 * @param cron six or seven fields: second, minute, hour, day of the month, month, day of the week,
 *     and maybe year
 * @param zone whose clock it is
 */
public record Times(String cron, ZoneId zone) {
  /** What a row of the scheduler's table has room for. */
  public static final int CRON_MAX = 120;

  public static boolean isWellFormed(String cron) {
    return cron.length() <= CRON_MAX && CronExpression.isValidExpression(cron);
  }

  /** The first one behind a moment, if there is any. */
  public Optional<Instant> after(Instant moment) {
    return Optional.ofNullable(expression().getNextValidTimeAfter(Date.from(moment)))
        .map(Date::toInstant);
  }

  /** The first ones behind a moment, and not behind another. */
  public List<Instant> between(Instant moment, Instant until, int most) {
    CronExpression expression = expression();
    List<Instant> times = new ArrayList<>();
    Date next = expression.getNextValidTimeAfter(Date.from(moment));
    while (next != null && !next.toInstant().isAfter(until) && times.size() < most) {
      times.add(next.toInstant());
      next = expression.getNextValidTimeAfter(next);
    }
    return times;
  }

  private CronExpression expression() {
    try {
      CronExpression expression = new CronExpression(cron);
      expression.setTimeZone(TimeZone.getTimeZone(zone));
      return expression;
    } catch (ParseException e) {
      throw new IllegalArgumentException("not well-formed: " + cron, e);
    }
  }
}
