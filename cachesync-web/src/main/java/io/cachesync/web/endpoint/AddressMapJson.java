package io.cachesync.web.endpoint;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;

/** An address map is a text with lines for people and an object for programs. */
final class AddressMapJson {
  private AddressMapJson() {}

  /** From an object, or from the text as people type it. */
  static final class Reader extends ValueDeserializer<String> {
    @Override
    public String deserialize(JsonParser parser, DeserializationContext context) {
      JsonNode node = context.readTree(parser);
      if (node.isString()) {
        return node.asString();
      }
      StringBuilder text = new StringBuilder();
      for (var entry : node.properties()) {
        if (!entry.getValue().isString()) {
          return context.reportInputMismatch(this, "%s is no address", entry.getKey());
        }
        text.append(entry.getKey()).append('=').append(entry.getValue().asString()).append('\n');
      }
      return node.isObject()
          ? text.toString()
          : context.reportInputMismatch(this, "an object from announced to reachable address");
    }
  }

  /** To an object. */
  static final class Writer extends ValueSerializer<String> {
    @Override
    public void serialize(String text, JsonGenerator json, SerializationContext context) {
      json.writePOJO(TypedPlace.mapOf(text));
    }
  }
}
