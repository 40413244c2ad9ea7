package io.cachesync.agent.precheck;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.Severity;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;

/** The English sentences of findings. A console translates by the same keys and values. */
final class Sentences {
  static final String UNMEASURED = "unmeasured";
  static final String UNCHECKED = "unchecked";
  private static final Properties TEXTS = load();

  private Sentences() {}

  static String summary(
      PrecheckCode code, Severity severity, String variant, Map<String, String> v) {
    String key = key(code, severity, variant) + ".summary";
    String text = TEXTS.getProperty(key);
    if (text == null) {
      throw new IllegalArgumentException("no sentence " + key);
    }
    return fill(text, v);
  }

  static String remedy(
      PrecheckCode code, Severity severity, String variant, Map<String, String> v) {
    return fill(TEXTS.getProperty(key(code, severity, variant) + ".remedy", ""), v);
  }

  private static String key(PrecheckCode code, Severity severity, String variant) {
    if (variant.equals(UNMEASURED)) {
      return "finding.UNMEASURED";
    }
    if (variant.equals(UNCHECKED)) {
      return "finding.UNCHECKED";
    }
    String key = "finding." + code + '.' + severity;
    return variant.isEmpty() ? key : key + '.' + variant;
  }

  private static String fill(String text, Map<String, String> values) {
    String filled = text;
    for (Map.Entry<String, String> value : values.entrySet()) {
      filled = filled.replace('{' + value.getKey() + '}', value.getValue());
    }
    return filled;
  }

  private static Properties load() {
    Properties texts = new Properties();
    try (InputStream in = Sentences.class.getResourceAsStream("/messages/findings.properties")) {
      texts.load(new InputStreamReader(in, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return texts;
  }
}
