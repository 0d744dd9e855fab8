package io.speicher.bench.process;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** A JSON object whose numbers and texts are found by their path, such as {@code latency.p50}. */
final class FlatJson {
  private static final JsonFactory FACTORY = new JsonFactory();

  private final Map<String, Double> numbers = new HashMap<>();
  private final Map<String, String> texts = new HashMap<>();

  private FlatJson() {}

  /** Leaves out arrays. */
  static FlatJson parse(String json) throws IOException {
    FlatJson flat = new FlatJson();
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("expected a JSON object: " + firstLine(json));
      }
      flat.readMembers(parser);
      return flat;
    } catch (JacksonException e) {
      throw new IOException("expected a JSON object: " + firstLine(json), e);
    }
  }

  private void readMembers(JsonParser parser) {
    Deque<String> path = new ArrayDeque<>();
    String prefix = "";
    for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
      switch (token) {
        case START_ARRAY -> parser.skipChildren();
        case START_OBJECT -> {
          path.push(prefix);
          prefix += parser.currentName() + ".";
        }
        case END_OBJECT -> prefix = path.isEmpty() ? "" : path.pop();
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
            numbers.put(prefix + parser.currentName(), parser.getDoubleValue());
        case VALUE_STRING -> texts.put(prefix + parser.currentName(), parser.getString());
        default -> {} // Names are asked for with their values; the rest is of no use here.
      }
    }
  }

  double number(String path) throws IOException {
    Double number = numbers.get(path);
    if (number == null) {
      throw new IOException("the load generator's result has no number " + path);
    }
    return number;
  }

  String text(String path) throws IOException {
    String text = texts.get(path);
    if (text == null) {
      throw new IOException("the load generator's result has no text " + path);
    }
    return text;
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("nothing at all");
  }
}
