package io.cachesync.agent.cli;

import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Model.OptionSpec;

/** What options are for, in the order in which the help of a verb tells them. */
enum OptionHeading {
  SOURCE(
      "Source",
      "--source",
      "--source-password-env",
      "--source-address-map",
      "--source-sentinel-user",
      "--source-sentinel-password-env"),
  TARGET(
      "Target",
      "--target",
      "--target-password-env",
      "--target-address-map",
      "--target-sentinel-user",
      "--target-sentinel-password-env"),
  TLS(
      "TLS (addresses that begin with rediss)",
      "--source-ca",
      "--source-tls-name",
      "--source-tls-cert",
      "--source-tls-key",
      "--source-tls-key-password-env",
      "--target-ca",
      "--target-tls-name",
      "--target-tls-cert",
      "--target-tls-key",
      "--target-tls-key-password-env"),
  KEYS(
      "Keys",
      "--keys",
      "--seed",
      "--rate",
      "--seconds",
      "--slots",
      "--include-db",
      "--exclude-db",
      "--db-map",
      "--include-key",
      "--exclude-key",
      "--include-type",
      "--exclude-type",
      "--exclude-command",
      "--rename-prefix",
      "--publish",
      "--delete-extra"),
  TARGET_HAS("What the target has, or has no place for", "--on-exists", "--on-unsupported"),
  COMPARISON(
      "Comparison",
      "--mode",
      "--big",
      "--both-directions",
      "--sample",
      "--ttl-tolerance",
      "--check",
      "--rounds",
      "--pause",
      "--continuous-check"),
  COURSE(
      "Beginning and end",
      "--task",
      "--work-dir",
      "--full-only",
      "--afresh",
      "--take-over",
      "--skip-precheck",
      "--accept-evictions",
      "--dry-run"),
  LIMITS(
      "Limits",
      "--limit-mb",
      "--limit-commands",
      "--relay-max-mb",
      "--parallel-full-syncs",
      "--parallel"),
  OUTPUT(
      "Progress and files",
      "--progress",
      "--report-file",
      "--result",
      "--undo-file",
      "--spec",
      "--config"),
  HELP("Help", "--help", "--version");

  private final String title;
  private final List<String> names;

  OptionHeading(String title, String... names) {
    this.title = title;
    this.names = List.of(names);
  }

  String title() {
    return title;
  }

  /** Those of a verb that stand under it, in its order. */
  List<OptionSpec> of(List<OptionSpec> options) {
    return names.stream()
        .flatMap(name -> options.stream().filter(each -> each.longestName().equals(name)))
        .toList();
  }

  /** Whether an option stands under any. */
  static boolean isKnown(OptionSpec option) {
    return Arrays.stream(values()).anyMatch(each -> each.names.contains(option.longestName()));
  }
}
