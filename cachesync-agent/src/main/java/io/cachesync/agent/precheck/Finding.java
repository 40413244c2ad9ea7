package io.cachesync.agent.precheck;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.Severity;
import java.util.LinkedHashMap;
import java.util.Map;

/** Puts one finding together; its sentences stand in {@code messages/findings.properties}. */
final class Finding {
  private final PrecheckCode code;
  private final Severity severity;
  private final Map<String, String> values = new LinkedHashMap<>();
  private String variant = "";
  private String command = "";
  private double weight;

  private Finding(PrecheckCode code, Severity severity) {
    this.code = code;
    this.severity = severity;
  }

  static Finding pass(PrecheckCode code) {
    return new Finding(code, Severity.PASS);
  }

  static Finding warning(PrecheckCode code, String variant) {
    return new Finding(code, Severity.WARNING).variant(variant);
  }

  static Finding block(PrecheckCode code, String variant) {
    return new Finding(code, Severity.BLOCK).variant(variant);
  }

  /** What is said of a check that could not be done. */
  static PrecheckFinding unmeasured(PrecheckCode code, String fault) {
    return warning(code, Sentences.UNMEASURED).with("fault", fault).done();
  }

  /** What is said of a check that means nothing while the end is not what it was given as. */
  static PrecheckFinding unchecked(PrecheckCode code, End end) {
    return warning(code, Sentences.UNCHECKED)
        .with("address", end.front().address())
        .with("mode", end.front().mode())
        .done();
  }

  /** The same as a warning, which has sentences of its own. */
  static PrecheckFinding lessGrave(PrecheckFinding finding) {
    Finding warning = warning(finding.code(), finding.variant());
    warning.values.putAll(finding.values());
    return warning.done().ofSource(finding.source());
  }

  static boolean isWrong(PrecheckFinding finding) {
    return finding.severity() != Severity.PASS;
  }

  Finding variant(String name) {
    variant = name;
    return this;
  }

  Finding with(String name, Object value) {
    values.put(name, String.valueOf(value));
    return this;
  }

  /** A command for the server or the shell that a person can copy. */
  Finding command(String text) {
    command = text;
    return this;
  }

  /** How grave it is among those of its kind. */
  Finding weight(double newWeight) {
    weight = newWeight;
    return this;
  }

  double weight() {
    return weight;
  }

  /** The same for those that say the same, of other servers or with other numbers. */
  String kind() {
    return severity + "." + variant;
  }

  PrecheckFinding done() {
    return new PrecheckFinding(
        code,
        severity,
        variant,
        Sentences.summary(code, severity, variant, values),
        Sentences.remedy(code, severity, variant, values),
        command,
        values);
  }
}
