package io.cachesync.web;

import io.cachesync.web.security.ResetAdminPassword;
import java.util.ArrayList;
import java.util.List;

/**
 * The words behind the jar's name: settings, which begin with two dashes, and at most one command,
 * wherever among them.
 *
 * @param resetsPassword whether the command was given
 * @param settings all but the command
 * @param refusal what is wrong with them, in one sentence, or null
 */
record CommandLine(boolean resetsPassword, List<String> settings, String refusal) {
  private static final String SETTING = "--";

  CommandLine {
    settings = List.copyOf(settings);
  }

  static CommandLine of(String... words) {
    boolean resets = false;
    List<String> settings = new ArrayList<>();
    for (String word : words) {
      if (word.equals(ResetAdminPassword.VERB)) {
        resets = true;
      } else if (isSetting(word)) {
        settings.add(word);
      } else {
        return new CommandLine(false, List.of(), refusal(word));
      }
    }
    return new CommandLine(resets, settings, null);
  }

  private static boolean isSetting(String word) {
    return word.startsWith(SETTING)
        && word.length() > SETTING.length()
        && !word.startsWith(SETTING + ResetAdminPassword.VERB);
  }

  /** Without what stands behind an equals sign: it may be a secret. */
  private static String refusal(String word) {
    int equals = word.indexOf('=');
    return "\"%s\" is neither a setting (--name=value) nor the one command there is (%s)."
        .formatted(equals < 0 ? word : word.substring(0, equals), ResetAdminPassword.VERB);
  }
}
