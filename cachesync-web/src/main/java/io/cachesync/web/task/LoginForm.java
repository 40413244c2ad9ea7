package io.cachesync.web.task;

/**
 * Another login at a typed-in end of a task.
 *
 * @param end source or target
 * @param user empty for the default user
 * @param password empty for none; the former one is never kept, as it belongs to the former user
 * @param sentinelUser of sentinels that have a login of their own
 * @param sentinelPassword as {@code password}, of those sentinels
 */
record LoginForm(
    String end, String user, String password, String sentinelUser, String sentinelPassword) {
  static final int USER_MAX = 100;
  static final int PASSWORD_MAX = 512;

  LoginForm {
    end = end == null ? "" : end;
    user = user == null ? "" : user.strip();
    password = password == null ? "" : password;
    sentinelUser = sentinelUser == null ? "" : sentinelUser.strip();
    sentinelPassword = sentinelPassword == null ? "" : sentinelPassword;
  }

  /** Never with the passwords. */
  @Override
  public String toString() {
    return "LoginForm[" + end + ", " + user + "]";
  }
}
