package io.cachesync.agent.job;

import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.deser.DeserializationProblemHandler;
import tools.jackson.databind.json.JsonMapper;

/**
 * The contract's records as JSON. Unknown fields are ignored, missing ones are the records' own
 * defaults, unknown constants read as {@code UNKNOWN}: agents and consoles of different versions
 * keep talking.
 */
public final class ContractJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .addHandler(new UnknownConstants())
          .build();

  private static final ObjectWriter ASCII_WRITER =
      MAPPER.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

  private ContractJson() {}

  /**
   * @throws JacksonException where the text is no JSON of this record
   */
  public static <T> T read(String json, Class<T> type) {
    return MAPPER.readValue(json, type);
  }

  /** One line. */
  public static String write(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  /** One line of ASCII, which no locale of a terminal or of an SSH session garbles. */
  public static String writeAscii(Object value) {
    return ASCII_WRITER.writeValueAsString(value);
  }

  private static final class UnknownConstants extends DeserializationProblemHandler {
    @Override
    public Object handleWeirdStringValue(
        DeserializationContext context, Class<?> type, String value, String failure) {
      if (!type.isEnum()) {
        return NOT_HANDLED;
      }
      for (Object constant : type.getEnumConstants()) {
        if (((Enum<?>) constant).name().equals("UNKNOWN")) {
          return constant;
        }
      }
      return NOT_HANDLED;
    }
  }
}
