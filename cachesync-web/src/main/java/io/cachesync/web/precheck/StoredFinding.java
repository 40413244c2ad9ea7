package io.cachesync.web.precheck;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.Severity;
import java.time.Instant;

/**
 * What one check found, as the agent said it.
 *
 * @param variant chooses among the sentences of one code and severity, may be empty
 * @param summary in English
 * @param remedy in English, may be empty
 * @param command to be copied, may be empty
 * @param valuesJson the measured values by name, for translation
 * @param acknowledgedBy who goes on in spite of the warning, or null
 * @param source which of several sources it is of, by its addresses; empty for none alone
 */
public record StoredFinding(
    long id,
    long taskId,
    PrecheckCode code,
    Severity severity,
    String variant,
    String summary,
    String remedy,
    String command,
    String valuesJson,
    Instant measuredAt,
    String acknowledgedBy,
    Instant acknowledgedAt,
    String source) {

  /** Whether a person must still say that the task may start in spite of it. */
  public boolean open() {
    return severity == Severity.WARNING && acknowledgedBy == null;
  }
}
