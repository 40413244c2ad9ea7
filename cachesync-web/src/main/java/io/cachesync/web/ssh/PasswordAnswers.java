package io.cachesync.web.ssh;

import com.jcraft.jsch.UIKeyboardInteractive;
import com.jcraft.jsch.UserInfo;

/** Answers a server that asks for the password by keyboard-interactive, and nothing else. */
final class PasswordAnswers implements UserInfo, UIKeyboardInteractive {
  private final String password;
  private boolean answered;

  PasswordAnswers(String password) {
    this.password = password;
  }

  @Override
  public String[] promptKeyboardInteractive(
      String destination, String name, String instruction, String[] prompt, boolean[] echo) {
    if (prompt.length == 0) {
      return new String[0];
    }
    // Asked a second time means that the password was wrong: null cancels.
    if (prompt.length > 1 || answered) {
      return null;
    }
    answered = true;
    return new String[] {password};
  }

  @Override
  public String getPassword() {
    return password;
  }

  @Override
  public boolean promptPassword(String message) {
    return true;
  }

  @Override
  public String getPassphrase() {
    return null;
  }

  @Override
  public boolean promptPassphrase(String message) {
    return false;
  }

  @Override
  public boolean promptYesNo(String message) {
    return false;
  }

  @Override
  public void showMessage(String message) {}
}
