package io.cachesync.web.task;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Another login at a typed-in end of a task.
 *
 * @param end source, target, or one of several sources from 0, {@code sources[1]}
 * @param user empty for the default user
 * @param password empty for none; the former one is never kept, as it belongs to the former user
 * @param sentinelUser of sentinels that have a login of their own
 * @param sentinelPassword as {@code password}, of those sentinels
 */
record LoginForm(
    String end, String user, String password, String sentinelUser, String sentinelPassword) {
  static final int USER_MAX = 100;
  static final int PASSWORD_MAX = 512;

  private static final Pattern ONE_OF = Pattern.compile("sources\\[([0-9]{1,3})]");

  LoginForm {
    end = end == null ? "" : end;
    user = user == null ? "" : user.strip();
    password = password == null ? "" : password;
    sentinelUser = sentinelUser == null ? "" : sentinelUser.strip();
    sentinelPassword = sentinelPassword == null ? "" : sentinelPassword;
  }

  /** What one of several sources is called; from 0. */
  static String source(int number) {
    return number == 0 ? EndsForm.SOURCE : "sources[" + number + "]";
  }

  /** Which source, from 0, or nothing for another end. */
  OptionalInt sourceNumber() {
    Matcher matcher = ONE_OF.matcher(end);
    return end.equals(EndsForm.SOURCE)
        ? OptionalInt.of(0)
        : matcher.matches()
            ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
            : OptionalInt.empty();
  }

  /** Never with the passwords. */
  @Override
  public String toString() {
    return "LoginForm[" + end + ", " + user + "]";
  }
}
