package io.cachesync.web.security;

/** A person's own new password. */
record PasswordForm(String current, String password, String repeated) {
  PasswordForm {
    current = current == null ? "" : current;
    password = password == null ? "" : password;
    repeated = repeated == null ? "" : repeated;
  }

  @Override
  public String toString() {
    return "PasswordForm[masked]";
  }
}
