package io.speicher.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.speicher.client.Cache;
import io.speicher.client.Codec;
import io.speicher.client.Speicher;
import io.speicher.client.exception.CodecException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;

/** What both codecs do, and that they read each other's values. */
final class JacksonCodecTest {
  private final Speicher speicher = Speicher.inMemory();

  /** As a program had it yesterday. */
  record OldUser(String name, int age) {}

  record User(String name, int age, List<String> roles) {}

  private static final User ADA = new User("Ada \u00e4\ud83d\ude00", 36, List.of("admin"));

  static Stream<Codec<User>> codecs() {
    return Stream.of(JacksonCodec.of(User.class), Jackson2Codec.of(User.class));
  }

  @AfterEach
  void close() {
    speicher.close();
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void value(Codec<User> codec) {
    Cache<User> users = speicher.cache("users", codec);
    users.set("ada", ADA);
    assertThat(users.get("ada")).isEqualTo(ADA);
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void value_isJsonToOthers(Codec<User> codec) {
    speicher.cache("users", codec).set("bob", new User("Bob", 7, List.of()));
    assertThat(speicher.cache("users", Codec.json()).get("bob"))
        .isEqualTo("{\"name\":\"Bob\",\"age\":7,\"roles\":[]}");
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void value_ofTheOtherCodec(Codec<User> codec) {
    codecs().forEach(other -> assertThat(other.decode(codec.encode(ADA))).isEqualTo(ADA));
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void value_ofAnotherVersionOfTheClass(Codec<User> codec) {
    Stream.of(JacksonCodec.of(OldUser.class), Jackson2Codec.of(OldUser.class))
        .forEach(old -> {
          ByteBuffer bytes = old.encode(new OldUser("Ada", 36));
          User user = codec.decode(bytes);
          assertThat(user).extracting(User::name, User::roles).containsExactly("Ada", null);
          assertThat(old.decode(codec.encode(ADA))).isEqualTo(new OldUser(ADA.name(), ADA.age()));
        });
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void value_inTheMiddleOfABuffer(Codec<User> codec) {
    byte[] json = "--{\"name\":\"Bob\",\"age\":7}--".getBytes(StandardCharsets.UTF_8);
    ByteBuffer direct = ByteBuffer.allocateDirect(json.length).put(json).flip();
    for (ByteBuffer buffer : List.of(ByteBuffer.wrap(json), direct)) {
      ByteBuffer middle = buffer.position(2).limit(json.length - 2);
      assertThat(codec.decode(middle)).extracting(User::name).isEqualTo("Bob");
    }
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void version_thatIsUnknownIsAMiss(Codec<User> codec) {
    Cache<User> first = speicher.cache("users", codec.versioned("user", 1));
    first.set("ada", ADA);
    assertThat(first.get("ada")).isEqualTo(ADA);
    assertThat(speicher.cache("users", codec.versioned("user", 2)).get("ada")).isNull();
    assertThat(speicher.cache("users", codec.versioned("person", 1)).get("ada")).isNull();
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void value_thatIsNoneOfTheClass(Codec<User> codec) {
    Cache<User> users = speicher.cache("users", codec);
    for (String text : List.of("no JSON", "[1]", "{\"age\":{}}", "")) {
      speicher.cache("users", Codec.string()).set("k", text);
      assertThatExceptionOfType(CodecException.class)
          .as(text)
          .isThrownBy(() -> users.get("k"))
          .withMessageStartingWith("decode failed: cache=users reason=");
    }
    speicher.cache("users", Codec.json()).set("k", "null");
    assertThat(users.get("k")).isNull();
  }

  @Test
  void cause_isJacksons() {
    speicher.cache("users", Codec.string()).set("k", "{");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> speicher.cache("users", JacksonCodec.of(User.class)).get("k"))
        .withCauseInstanceOf(JacksonException.class);
  }

  @Test
  void type_withParameters() {
    Map<String, List<User>> value = Map.of("all", List.of(ADA));
    Codec<Map<String, List<User>>> codec = JacksonCodec.of(new TypeReference<>() {});
    Codec<Map<String, List<User>>> codec2 =
        Jackson2Codec.of(new com.fasterxml.jackson.core.type.TypeReference<>() {});
    assertThat(codec.decode(codec2.encode(value))).isEqualTo(value);
    assertThat(codec2.decode(codec.encode(value))).isEqualTo(value);
  }

  /** A string is stored as its characters, and read as JSON by who asks for that. */
  @Test
  void string_inQuotes() {
    Cache<String> names = speicher.cache("names", JacksonCodec.of(String.class));
    names.set("k", "a \"b\"");
    assertThat(names.get("k")).isEqualTo("a \"b\"");
  }
}
