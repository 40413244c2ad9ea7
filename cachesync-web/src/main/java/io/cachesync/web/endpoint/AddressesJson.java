package io.cachesync.web.endpoint;

import java.util.StringJoiner;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ValueDeserializer;

/** Addresses of programs: a text as people type it, or an array with one in each element. */
final class AddressesJson extends ValueDeserializer<String> {
  @Override
  public String deserialize(JsonParser parser, DeserializationContext context) {
    JsonNode node = context.readTree(parser);
    if (node.isString()) {
      return node.asString();
    }
    if (!node.isArray()) {
      return context.reportInputMismatch(this, "a text or an array of texts");
    }
    StringJoiner lines = new StringJoiner("\n");
    for (JsonNode each : node.values()) {
      if (!each.isString()) {
        return context.reportInputMismatch(this, "an array of texts");
      }
      lines.add(each.asString());
    }
    return lines.toString();
  }
}
