package io.cachesync.web.precheck;

import io.cachesync.contract.Severity;
import io.cachesync.web.agent.ContractJson;
import java.util.Locale;
import java.util.Map;
import org.springframework.context.MessageSource;
import org.springframework.stereotype.Component;

/**
 * Says findings in the reader's language. The sentences come with the agent's jar; one that this
 * console does not know, of a newer agent, is shown as the agent said it.
 */
@Component
class FindingViews {
  private final MessageSource messages;

  FindingViews(MessageSource messages) {
    this.messages = messages;
  }

  FindingView of(StoredFinding finding, Locale locale) {
    Map<?, ?> values = ContractJson.read(finding.valuesJson(), Map.class);
    String key = key(finding);
    return new FindingView(
        finding.id(),
        finding.code().name(),
        text("precheck.title." + finding.code(), finding.code().name(), locale),
        finding.severity().name(),
        text("precheck.severity." + finding.severity(), finding.severity().name(), locale),
        tone(finding.severity()),
        icon(finding.severity()),
        fill(text(key + ".summary", finding.summary(), locale), values),
        text("precheck.why." + finding.code(), "", locale),
        fill(text(key + ".remedy", finding.remedy(), locale), values),
        finding.command(),
        finding.open(),
        finding.acknowledgedBy(),
        finding.acknowledgedAt());
  }

  private static String key(StoredFinding finding) {
    if (finding.variant().equals("unmeasured")) {
      return "finding.UNMEASURED";
    }
    if (finding.variant().equals("unchecked")) {
      return "finding.UNCHECKED";
    }
    String key = "finding." + finding.code() + "." + finding.severity();
    return finding.variant().isEmpty() ? key : key + "." + finding.variant();
  }

  private String text(String key, String otherwise, Locale locale) {
    return messages.getMessage(key, null, otherwise, locale);
  }

  private static String fill(String text, Map<?, ?> values) {
    String filled = text;
    for (Map.Entry<?, ?> value : values.entrySet()) {
      filled = filled.replace("{" + value.getKey() + "}", String.valueOf(value.getValue()));
    }
    return filled;
  }

  private static String tone(Severity severity) {
    return switch (severity) {
      case PASS -> "good";
      case BLOCK -> "bad";
      case WARNING, UNKNOWN -> "warn";
    };
  }

  private static String icon(Severity severity) {
    return switch (severity) {
      case PASS -> "ok";
      case BLOCK -> "block";
      case WARNING, UNKNOWN -> "warning";
    };
  }
}
