package io.speicher.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.speicher.client.exception.ClosedException;
import io.speicher.client.exception.CodecException;
import io.speicher.client.exception.SpeicherException;
import io.speicher.client.exception.ValueTooLongException;
import io.speicher.protocol.Limits;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that goes well, and every argument that cannot. */
@Timeout(20)
final class StringsTest {
  private FakeServer server;
  private Strings client;

  @BeforeEach
  void start() {
    server = FakeServer.startCorrect();
    client = new Strings(server.client());
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  // Operations.

  @Test
  void example() {
    try (Speicher cache = Speicher.connect("localhost", server.port())) {
      assertThat(cache.set("foo", "bar")).isTrue();
      assertThat(cache.get("foo")).isEqualTo("bar");
      assertThat(cache.delete("foo")).isTrue();
    }
  }

  @Test
  void connect_url() {
    try (Speicher cache = Speicher.connect(server.url())) {
      cache.ping();
    }
  }

  @Test
  void get_miss() {
    assertThat(client.get("nope")).isNull();
  }

  @Test
  void delete_miss() {
    assertThat(client.delete("nope")).isFalse();
  }

  @Test
  void reset_removesAll() {
    client.set("a", "1");
    client.set("b", "2");
    client.clear();

    assertThat(client.get("a")).isNull();
    assertThat(client.get("b")).isNull();
  }

  @Test
  void async() {
    CompletableFuture<Boolean> set = client.setAsync("k", "v");
    CompletableFuture<@Nullable String> hit = client.getAsync("k");
    CompletableFuture<Boolean> deleted = client.deleteAsync("k");
    CompletableFuture<Boolean> deletedTwice = client.deleteAsync("k");
    CompletableFuture<@Nullable String> miss = client.getAsync("k");

    assertThat(set.join()).isTrue();
    assertThat(hit.join()).isEqualTo("v");
    assertThat(deleted.join()).isTrue();
    assertThat(deletedTwice.join()).isFalse();
    assertThat(miss.join()).isNull();
  }

  @Test
  void commands_asTheProtocolHasThem() throws Exception {
    BlockingQueue<String> payloads = new LinkedBlockingQueue<>();
    try (FakeServer recorder =
            FakeServer.start(peer -> {
              while (true) {
                payloads.add(peer.payload());
                peer.reply("{\"status_code\":200,\"value\":0}");
              }
            });
        Strings client = new Strings(recorder.client())) {
      client.set("foo", "bar");
      client.set("foo", "b\"r", Duration.ofSeconds(3));
      client.cache.async().set("foo", "", Ttl.of(Duration.ofMillis(1))).join();
      client.get("foo");
      client.delete("foo");
      client.clear();
      client.ping();
    }
    assertThat(payloads)
        .containsExactly(
            "{\"command\":\"SET\",\"key\":\"foo\",\"value\":\"bar\"}",
            "{\"command\":\"SET\",\"key\":\"foo\",\"value\":\"b\\\"r\",\"ttl\":3000}",
            "{\"command\":\"SET\",\"key\":\"foo\",\"value\":\"\",\"ttl\":1}",
            "{\"command\":\"GET\",\"key\":\"foo\"}",
            "{\"command\":\"DEL\",\"key\":\"foo\"}",
            "{\"command\":\"RST\"}",
            "{\"command\":\"PING\"}");
  }

  // Keys and values.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "plain",
        "\"quoted\\\"",
        "\u0000\b\n\u001f\u007f",
        "Grüße, 世界, 😀",
        "null",
        "{\"a\":1}"
      })
  void text_anyString(String value) {
    client.set("k", value);
    assertThat(client.get("k")).isEqualTo(value);
    assertThat(client.with(Codec.json()).get("k")).startsWith("\"").endsWith("\"");
  }

  @Test
  void text_large() {
    String value = "0123456789ä\n".repeat(100_000);
    client.set("k", value);
    assertThat(value.equals(client.get("k"))).isTrue(); // A failure must not print all of it.
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e400", "0.10", "null", "true", "[1, \"two\"]", "{\"a\":\"\\u0041\"}"})
  void text_readsOtherJsonAsItsText(String json) {
    client.with(Codec.json()).set("k", json);

    assertThat(client.get("k")).isEqualTo(json);
    assertThat(client.with(Codec.json()).get("k")).isEqualTo(json);
  }

  @Test
  void text_readsStringsUnescaped() {
    assertReads("\"plain\"", "plain");
    assertReads(" \"\\u0041\\/\\n.\" ", "A/\n.");
  }

  private void assertReads(String json, String text) {
    client.with(Codec.json()).set("k", json);
    assertThat(client.get("k")).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "nope",
        "'single'",
        "1 2",
        "[1,]",
        "01",
        "\"open",
        "1}",
        "1,\"ttl\":1",
        "1,\"key\":\"other\"",
        "1,\"command\":\"RST\"",
        "\"\ud83d\""
      })
  void json_malformed(String json) {
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> client.with(Codec.json()).set("k", json))
        .withMessageContaining("malformed JSON");
    assertThat(client.get("k")).isNull();
  }

  @Test
  void json_whiteSpaceAround() {
    client.with(Codec.json()).set("k", " [1, 2]\n");
    assertThat(client.with(Codec.json()).get("k")).isEqualToIgnoringWhitespace("[1, 2]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u0000", "\"", "Grüße", "😀", " "})
  void key_anyCharacter(String key) {
    client.set(key, "v");
    assertThat(client.get(key)).isEqualTo("v");
  }

  @Test
  void key_longest() {
    String key = "ä".repeat(Limits.MAX_KEY_BYTES / 2) + "a";
    client.set(key, "v");
    assertThat(client.get(key)).isEqualTo("v");
  }

  // Arguments that cannot be.

  @Test
  void key_tooLong() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> client.get("ä".repeat(32_768)))
        .withMessage("key too long: keyBytes=65536 (expected: 1..65535)");
  }

  @Test
  void key_empty() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> client.setAsync("", "v"))
        .withMessage("key empty: keyBytes=0 (expected: 1..65535)");
  }

  @Test
  void key_halfPair() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> client.delete("a\ud83d"))
        .withMessage("key holds half of a surrogate pair (expected: whole characters)");
  }

  @Test
  @SuppressWarnings(
      "NullAway") // The compiler would not let null pass, which not every caller's does.
  void arguments_null() {
    assertThatNullPointerException()
        .isThrownBy(() -> client.get(null))
        .withMessage("key=null (expected: not null)");
    assertThatNullPointerException()
        .isThrownBy(() -> client.setAsync("k", null))
        .withMessage("value=null (expected: not null)");
    assertThatNullPointerException()
        .isThrownBy(() -> client.set("k", "v", null))
        .withMessage("ttl=null (expected: not null)");
    assertThatNullPointerException().isThrownBy(() -> client.with(null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"PT0S", "PT-1S", "PT0.0009S", "PT9007199254740.992S", "PT2562047788015215H"})
  void ttl_outOfBounds(Duration ttl) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> client.set("k", "v", ttl))
        .withMessage("ttl=" + ttl + " (expected: 1 ms..9007199254740991 ms)");
  }

  @Test
  void ttl_longest() {
    client.set("k", "v", Duration.ofMillis(Limits.MAX_TTL_MILLIS));
    assertThat(client.get("k")).isEqualTo("v");
  }

  @Test
  void command_tooLong() {
    try (Strings small = new Strings(server.client().maxFrameBytes(100))) {
      // {"command":"SET","key":"k","value":"…"} is 38 bytes and the value.
      assertThat(small.set("k", "v".repeat(62))).isTrue();
      assertThatExceptionOfType(ValueTooLongException.class)
          .isThrownBy(() -> small.set("k", "v".repeat(63)))
          .withMessage("set not sent: command too long: frameBytes=101 (expected: 1..100)");
      assertThat(small.get("k")).hasSize(62);
    }
  }

  // The builder.

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 65_536})
  void port_outOfBounds(int port) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Speicher.builder().port(port))
        .withMessage("port=" + port + " (expected: 1..65535)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S", "PT0.000999S", "PT24H0.001S", "PT2562047788015215H"})
  void timeout_outOfBounds(Duration timeout) {
    String bounds = "=" + timeout + " (expected: PT0.001S..PT24H)";
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Speicher.builder().timeout(timeout))
        .withMessage("timeout" + bounds);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Speicher.builder().connectTimeout(timeout))
        .withMessage("connectTimeout" + bounds);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> client.withTimeout(timeout))
        .withMessage("timeout" + bounds);
  }

  @Test
  void bounds_outOfBounds() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Speicher.builder().maxPendingBytes(0))
        .withMessage("maxPendingBytes=0 (expected: at least 1)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Speicher.builder().connections(65))
        .withMessage("connections=65 (expected: 1..64)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Speicher.builder().maxFrameBytes(1 << 28))
        .withMessage("maxFrameBytes=268435456 (expected: 1..268435455)");
    assertThatIllegalArgumentException().isThrownBy(() -> Speicher.builder().host(" "));
  }

  // Closing.

  @Test
  void close_twice() {
    client.close();
    client.close();

    assertThatThrownBy(() -> client.get("k"))
        .isInstanceOf(ClosedException.class)
        .hasMessageContaining("get failed, the client is closed: server=127.0.0.1:" + server.port())
        .satisfies(e -> assertThat(((SpeicherException) e).maybeExecuted()).isFalse());
    assertThatThrownBy(() -> client.withTimeout(Duration.ofSeconds(1)).getAsync("k").get())
        .hasCauseInstanceOf(ClosedException.class);
  }
}
