package io.speicher.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** What the server answers under /api is what its OpenAPI document says. */
final class ApiIT {
  private static final Map<String, Class<?>> TYPES =
      Map.of(
          "object", Map.class,
          "array", List.class,
          "string", String.class,
          "integer", Long.class,
          "number", Number.class,
          "boolean", Boolean.class);

  private final SpeicherServer server;

  ApiIT() throws IOException {
    ServerSettings settings =
        TestSettings.of(1, Transport.best())
            .with(ServerSettings.SLOWLOG_LOG_SLOWER_THAN, Duration.ZERO)
            .withText(ServerSettings.MAX_KEY, "100", "--max-key");
    server = SpeicherServer.start(settings, new SegmentStore(64 << 20, Ticker.system()));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private String get(String path) throws IOException {
    URI uri = URI.create("http://localhost:" + server.port() + path);
    HttpURLConnection asked = (HttpURLConnection) uri.toURL().openConnection();
    assertThat(asked.getResponseCode()).as(path).isEqualTo(200);
    try (InputStream in = asked.getInputStream()) {
      return new String(in.readAllBytes(), UTF_8);
    } finally {
      asked.disconnect();
    }
  }

  @Test
  void description() throws IOException {
    try (RawClient client = new RawClient(server.port())) {
      client.send("SET a 1\r\nGET a\r\nNOSUCH\r\n".getBytes(UTF_8));
      client.read(12);
      Map<?, ?> paths = object(parse(get("/api/v1/openapi.json")).get("paths"));
      assertThat(paths.keySet())
          .map(Object::toString)
          .contains(
              "/api/v1/status",
              "/api/v1/config",
              "/api/v1/clients",
              "/api/v1/slowlog",
              "/api/v1/hotkeys",
              "/api/v1/bigkeys",
              "/api/v1/hitratio",
              "/api/v1/namespaces",
              "/api/v1/cluster",
              "/api/v1/history",
              "/api/v1/session");
      awaitSample();
      for (Object path : paths.keySet()) {
        Map<?, ?> schema = schema(paths, path);
        if (schema != null) {
          check(parse(get(path.toString())), schema, path.toString());
        }
      }
    }
  }

  @Test
  void status() throws IOException {
    Map<?, ?> numbers = object(parse(get("/api/v1/status")).get("numbers"));
    assertThat(numbers.get("max_key_bytes")).isEqualTo(100L);
    assertThat(numbers.get("current_connections")).isNotEqualTo(0L);
  }

  @Test
  void config() throws IOException {
    assertThat(get("/api/v1/config"))
        .contains(
            "{\"name\":\"max-key\",\"value\":\"100\",\"origin\":\"--max-key\"}",
            "{\"name\":\"max-frame\",\"value\":\"33554432\",\"origin\":\"default\"}");
  }

  @Test
  void clients() throws IOException {
    try (RawClient client = new RawClient(server.port())) {
      client.send("CLIENT SETNAME n\r\n".getBytes(UTF_8));
      client.read(5);
      assertThat(get("/api/v1/clients")).contains("\"name\":\"n\"", "\"last_command\":\"http\"");
    }
  }

  @Test
  void hotkeys() throws IOException {
    try (RawClient client = new RawClient(server.port())) {
      client.send("GET hot\r\n".repeat(10_000).getBytes(UTF_8));
      client.read(5 * 10_000);
    }
    assertThat(get("/api/v1/hotkeys"))
        .startsWith("{\"hot_keys\":[{\"key\":\"hot\",\"key_bytes\":3,\"window_s\":60,\"uses\":")
        .contains("\"window_s\":3600", "\"hot_keys_by_bytes\":[{\"key\":\"hot\"");
  }

  @Test
  void bigkeys() throws IOException {
    try (RawClient client = new RawClient(server.port())) {
      client.send(("SET big " + "v".repeat(5_000) + "\r\nSET small v\r\n").getBytes(UTF_8));
      client.read(10);
    }
    // The walk before the first one may have ended without them, and the next begins in ten
    // seconds.
    assertThat(get("/api/v1/bigkeys")).contains("\"walk_ended_ms\":", "\"big_keys\":[");
  }

  @Test
  void slowlog() throws IOException {
    try (RawClient client = new RawClient(server.port())) {
      client.send("SET k\u00fc\u0001 secret\r\nGET \u00fc\r\n".getBytes(UTF_8));
      client.read(10);
    }
    assertThat(get("/api/v1/slowlog"))
        .contains("[\"set\",\"k\\\\xc3\\\\xbc\\\\x01\",\"(6 bytes)\"", "\"get\",\"\u00fc\"")
        .doesNotContain("secret");
  }

  // ---- schemas ----

  /** Null for what is not asked for with GET, or is not answered in JSON. */
  private static @Nullable Map<?, ?> schema(Map<?, ?> paths, Object path) {
    Map<?, ?> found = object(paths.get(path));
    for (String member :
        List.of("get", "responses", "200", "content", "application/json", "schema")) {
      if (!(found.get(member) instanceof Map<?, ?> next)) {
        return null;
      }
      found = next;
    }
    return found;
  }

  /** One with commands in it, which is what all have to look like. */
  private void awaitSample() {
    await().until(() -> get("/api/v1/history").contains("\"resp\":"));
  }

  private static Map<?, ?> object(@Nullable Object value) {
    return (Map<?, ?>) Objects.requireNonNull(value);
  }

  /** As much of JSON Schema as the document uses. */
  private static void check(@Nullable Object value, Map<?, ?> schema, String where) {
    assertThat(value).as(where).isInstanceOf(TYPES.get(schema.get("type")));
    if (value instanceof List<?> list) {
      for (Object element : list) {
        check(element, object(schema.get("items")), where + "[]");
      }
    } else if (value instanceof Map<?, ?> object && schema.containsKey("properties")) {
      Map<?, ?> properties = object(schema.get("properties"));
      assertThat(properties.keySet().containsAll(object.keySet())).as(where).isTrue();
      assertThat(
              object.keySet().containsAll((List<?>) Objects.requireNonNull(schema.get("required"))))
          .as(where)
          .isTrue();
      object.forEach(
          (name, member) -> check(member, object(properties.get(name)), where + "." + name));
    } else if (value instanceof Map<?, ?> object
        && schema.get("additionalProperties") instanceof Map<?, ?> each) {
      object.forEach((name, member) -> check(member, each, where + "." + name));
    }
  }

  // ---- JSON ----

  private static Map<?, ?> parse(String text) {
    try (JsonParser in = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
      in.nextToken();
      return object(value(in));
    }
  }

  private static @Nullable Object value(JsonParser in) {
    return switch (in.currentToken()) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        while (in.nextToken() != JsonToken.END_OBJECT) {
          String name = in.currentName();
          in.nextToken();
          object.put(name, value(in));
        }
        yield object;
      }
      case START_ARRAY -> {
        List<@Nullable Object> array = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(in));
        }
        yield array;
      }
      case VALUE_STRING -> in.getString();
      case VALUE_NUMBER_INT -> in.getLongValue();
      case VALUE_NUMBER_FLOAT -> in.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> null;
    };
  }
}
