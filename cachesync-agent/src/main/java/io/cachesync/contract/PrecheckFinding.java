package io.cachesync.contract;

import java.util.Map;

/**
 * What one precheck found.
 *
 * @param summary one English sentence: what was measured and why it matters
 * @param remedy one English sentence: what to do; empty for PASS
 * @param command a command that a person can copy, or empty
 * @param variant chooses among the sentences of one code and severity, for translation; may be
 *     empty
 * @param values the measured values by name, for translation
 * @param source which of several sources it is of, by its addresses; empty where it is of none of
 *     them alone, or where there is one
 */
public record PrecheckFinding(
    PrecheckCode code,
    Severity severity,
    String variant,
    String summary,
    String remedy,
    String command,
    Map<String, String> values,
    String source) {
  public PrecheckFinding {
    variant = variant == null ? "" : variant;
    remedy = remedy == null ? "" : remedy;
    command = command == null ? "" : command;
    values = values == null ? Map.of() : Map.copyOf(values);
    source = source == null ? "" : source;
  }

  /** Of no source alone. */
  public PrecheckFinding(
      PrecheckCode code,
      Severity severity,
      String variant,
      String summary,
      String remedy,
      String command,
      Map<String, String> values) {
    this(code, severity, variant, summary, remedy, command, values, "");
  }

  /** The same of one of several sources. */
  public PrecheckFinding ofSource(String one) {
    return new PrecheckFinding(code, severity, variant, summary, remedy, command, values, one);
  }
}
