package io.cachesync.contract;

import java.util.List;

/**
 * What must not stand in a spec: travels in {@code secrets.json} (mode 0600), deleted once read.
 *
 * @param reportToken bearer token of this incarnation's reports
 * @param sourcePassword empty where the source has none
 * @param targetPassword empty where the target has none
 * @param sourceSentinelPassword as {@link EndpointSecrets#sentinelPassword}, of the source
 * @param targetSentinelPassword as above, of the target
 * @param moreSources those of {@link SyncSpec#moreSources}, in the same order
 * @param sourceIdentity as {@link EndpointSecrets#identity}, of the source
 * @param targetIdentity as above, of the target
 */
public record JobSecrets(
    String reportToken,
    String sourcePassword,
    String targetPassword,
    String sourceSentinelPassword,
    String targetSentinelPassword,
    List<EndpointSecrets> moreSources,
    TlsIdentity sourceIdentity,
    TlsIdentity targetIdentity) {
  public JobSecrets {
    reportToken = reportToken == null ? "" : reportToken;
    sourcePassword = sourcePassword == null ? "" : sourcePassword;
    targetPassword = targetPassword == null ? "" : targetPassword;
    sourceSentinelPassword = sourceSentinelPassword == null ? "" : sourceSentinelPassword;
    targetSentinelPassword = targetSentinelPassword == null ? "" : targetSentinelPassword;
    moreSources = moreSources == null ? List.of() : List.copyOf(moreSources);
  }

  /** One source, and sentinels without passwords of their own. */
  public JobSecrets(String reportToken, String sourcePassword, String targetPassword) {
    this(reportToken, sourcePassword, targetPassword, "", "", List.of(), null, null);
  }

  /**
   * Without a token.
   *
   * @param sources of each source, in the order of {@link SyncSpec#allSources}; at least one
   */
  public static JobSecrets of(List<EndpointSecrets> sources, EndpointSecrets target) {
    EndpointSecrets first = sources.get(0);
    return new JobSecrets(
        "",
        first.password(),
        target.password(),
        first.sentinelPassword(),
        target.sentinelPassword(),
        sources.subList(1, sources.size()),
        first.identity(),
        target.identity());
  }

  public EndpointSecrets target() {
    return new EndpointSecrets(targetPassword, targetSentinelPassword, targetIdentity);
  }

  /**
   * Those of one source.
   *
   * @param number in {@link SyncSpec#allSources}
   */
  public EndpointSecrets source(int number) {
    if (number == 0) {
      return new EndpointSecrets(sourcePassword, sourceSentinelPassword, sourceIdentity);
    }
    return number <= moreSources.size() ? moreSources.get(number - 1) : EndpointSecrets.of("");
  }

  /** Of a job that has this source alone. */
  public JobSecrets ofSource(int number) {
    return of(List.of(source(number)), target()).withToken(reportToken);
  }

  /** The same with another token. */
  public JobSecrets withToken(String token) {
    return new JobSecrets(
        token,
        sourcePassword,
        targetPassword,
        sourceSentinelPassword,
        targetSentinelPassword,
        moreSources,
        sourceIdentity,
        targetIdentity);
  }

  @Override
  public String toString() {
    return "JobSecrets[masked]";
  }
}
