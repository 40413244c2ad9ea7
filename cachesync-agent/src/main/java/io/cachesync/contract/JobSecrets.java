package io.cachesync.contract;

/**
 * What must not stand in a spec: travels in {@code secrets.json} (mode 0600), deleted once read.
 *
 * @param reportToken bearer token of this incarnation's reports
 * @param sourcePassword empty where the source has none
 * @param targetPassword empty where the target has none
 */
public record JobSecrets(String reportToken, String sourcePassword, String targetPassword) {
  public JobSecrets {
    reportToken = reportToken == null ? "" : reportToken;
    sourcePassword = sourcePassword == null ? "" : sourcePassword;
    targetPassword = targetPassword == null ? "" : targetPassword;
  }

  @Override
  public String toString() {
    return "JobSecrets[masked]";
  }
}
