package io.cachesync.web.precheck;

import io.cachesync.contract.Severity;
import io.cachesync.web.agent.ContractJson;
import io.cachesync.web.task.Figures;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.context.MessageSource;
import org.springframework.stereotype.Component;

/**
 * Says findings in the reader's language. The sentences come with the agent's jar; one that this
 * console does not know, of another version's agent, is shown as the agent said it.
 */
@Component
class FindingViews {
  private static final Pattern VALUE = Pattern.compile("\\{(\\w+)}");

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
        sentence(key + ".summary", finding.summary(), values, locale),
        text("precheck.why." + finding.code(), "", locale),
        sentence(key + ".remedy", finding.remedy(), values, locale),
        finding.command(),
        finding.open(),
        finding.acknowledgedBy(),
        finding.acknowledgedAt(),
        finding.source());
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

  /** As the agent said it, where the console's own sentence needs a value that is not there. */
  private String sentence(String key, String said, Map<?, ?> values, Locale locale) {
    String own = messages.getMessage(key, null, "", locale);
    Matcher names = VALUE.matcher(own);
    Figures figures = new Figures(locale);
    StringBuilder filled = new StringBuilder();
    while (names.find()) {
      Object value = values.get(names.group(1));
      if (value == null) {
        return said;
      }
      names.appendReplacement(filled, Matcher.quoteReplacement(figures.told(value.toString())));
    }
    return own.isEmpty() ? said : names.appendTail(filled).toString();
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
