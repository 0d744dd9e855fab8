package io.speicher.bench.siege;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Speicher's own protocol: four bytes of length, and JSON. */
record JsonWire() implements Wire {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final int DONE = 200;
  private static final int MISS = 404;

  @Override
  public String title() {
    return "json";
  }

  static byte[] frame(String json) {
    byte[] payload = json.getBytes(ISO_8859_1);
    return ByteBuffer.allocate(4 + payload.length).putInt(payload.length).put(payload).array();
  }

  @Override
  public byte[] get(List<String> keys) {
    return keys.size() == 1
        ? frame("{\"command\":\"GET\",\"key\":\"%s\"}".formatted(keys.getFirst()))
        : frame(
            keys.stream().collect(joining("\",\"", "{\"command\":\"MGET\",\"keys\":[\"", "\"]}")));
  }

  @Override
  public Map<String, byte[]> readValues(ReplyInput in, List<String> keys) throws IOException {
    byte[] payload = in.readBytes(in.readInt());
    Map<String, byte[]> values = new HashMap<>();
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), payload)) {
      require(parser.nextToken() == JsonToken.START_OBJECT, payload);
      if (keys.size() == 1) {
        readItem(parser, keys.getFirst(), payload, values);
      } else {
        readItems(parser, keys, payload, values);
      }
    } catch (JacksonException e) {
      throw unexpected(payload);
    }
    return values;
  }

  private static void readItems(
      JsonParser parser, List<String> keys, byte[] payload, Map<String, byte[]> values)
      throws IOException {
    int status = 0;
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      switch (name) {
        case "status_code" -> status = parser.getIntValue();
        case "items" -> {
          for (String key : keys) {
            require(parser.nextToken() == JsonToken.START_OBJECT, payload);
            readItem(parser, key, payload, values);
          }
          require(parser.nextToken() == JsonToken.END_ARRAY, payload);
        }
        default -> parser.skipChildren();
      }
    }
    requireDone(status, payload);
  }

  private static void readItem(
      JsonParser parser, String key, byte[] payload, Map<String, byte[]> values)
      throws IOException {
    int status = 0;
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      switch (name) {
        case "status_code" -> status = parser.getIntValue();
        case "value" -> values.put(key, parser.getString().getBytes(ISO_8859_1));
        default -> parser.skipChildren();
      }
    }
    if (status != MISS) {
      requireDone(status, payload);
      require(values.containsKey(key), payload);
    }
  }

  @Override
  public byte[] set(String key, byte[] value) {
    return frame(
        "{\"command\":\"SET\",\"key\":\"%s\",\"value\":\"%s\"}"
            .formatted(key, new String(value, ISO_8859_1)));
  }

  @Override
  public void readStored(ReplyInput in) throws IOException {
    byte[] payload = in.readBytes(in.readInt());
    requireDone(readStatus(payload), payload);
  }

  @Override
  public byte[] append(String key, byte[] value) {
    return frame(
        "{\"command\":\"APP\",\"key\":\"%s\",\"value\":\"%s\"}"
            .formatted(key, new String(value, ISO_8859_1)));
  }

  @Override
  public void readAppended(ReplyInput in) throws IOException {
    byte[] payload = in.readBytes(in.readInt());
    int status = readStatus(payload);
    if (status != MISS) {
      requireDone(status, payload);
    }
  }

  @Override
  public byte[] delete(String key) {
    return frame("{\"command\":\"DEL\",\"key\":\"%s\"}".formatted(key));
  }

  @Override
  public boolean readDeleted(ReplyInput in) throws IOException {
    byte[] payload = in.readBytes(in.readInt());
    int status = readStatus(payload);
    if (status == MISS) {
      return false;
    }
    requireDone(status, payload);
    return true;
  }

  private static int readStatus(byte[] payload) throws WrongReplyException {
    int status = 0;
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), payload)) {
      require(parser.nextToken() == JsonToken.START_OBJECT, payload);
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        if (name.equals("status_code")) {
          status = parser.getIntValue();
        } else {
          parser.skipChildren();
        }
      }
    } catch (JacksonException e) {
      throw unexpected(payload);
    }
    return status;
  }

  private static void requireDone(int status, byte[] payload) throws IOException {
    if (status >= 400) {
      throw new RefusedException(WrongReplyException.excerpt(payload, 0));
    }
    require(status == DONE, payload);
  }

  private static void require(boolean isRight, byte[] payload) throws WrongReplyException {
    if (!isRight) {
      throw unexpected(payload);
    }
  }

  private static WrongReplyException unexpected(byte[] payload) {
    return new WrongReplyException("a frame begins " + WrongReplyException.excerpt(payload, 0));
  }
}
